/** Reads something of the history now, and again and again while a run goes on and somebody looks. */

/** Returns how to stop. The next reading begins when the last one has ended, `pauseMs` later. */
export function readWhileLive(read: () => Promise<void>, live: () => boolean, pauseMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const next = async () => {
    if (!document.hidden || !live()) await read();
    if (!over && live()) timer = setTimeout(() => void next(), pauseMs);
  };
  void next();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
