/** Does something with every item, so many at a time, beginning in their order. Rejects with the first rejection, when those that had begun are done. */
export async function severalAtATime<T>(
  items: Iterable<T>,
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    for (let next = waiting.next(); next.done !== true && !failed; next = waiting.next()) {
      try {
        await work(next.value);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atATime }, worker));
  const rejected = ended.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}
