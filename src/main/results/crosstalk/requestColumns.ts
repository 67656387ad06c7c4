/** Requests of an archive on their way into the history. */
import type { RequestRecord } from '#contract/requests';
import type { RunBatch } from '#engine/run';
import { RequestCollector } from '#engine/requests/columns';

/** Most requests of one block. */
const most = 5000;
const ofWarmUp = 2;

/** Columns of requests with consecutive numbers, which they keep. */
export function columnsOfRecords(records: readonly RequestRecord[]): RunBatch['requests'] {
  const blocks: RunBatch['requests'] = [];
  for (let from = 0; from < records.length;) {
    const firstId = records[from]?.id ?? 1;
    let to = from + 1;
    while (to < records.length && to - from < most && records[to]?.id === firstId + to - from) to++;
    const collector = new RequestCollector();
    const some = records.slice(from, to);
    for (const { excluded, ...request } of some)
      collector.add({ ...request, excluded: excluded === 'generator' ? excluded : null });
    const columns = collector.take();
    if (columns !== null) {
      some.forEach(({ excluded }, i) => {
        if (excluded === 'warm_up') columns.excluded[i] = ofWarmUp;
      });
      blocks.push({ firstId, columns });
    }
    from = to;
  }
  return blocks;
}
