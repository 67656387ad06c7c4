/** Makes the files that tell of a run. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { History } from '../history/history.ts';
import type { RecordingStore } from '../recordings/store.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface ReportHandlerOptions {
  history: History;
  recordings: RecordingStore | null;
  exports: () => string;
  publish: Publish;
}

export function createReportHandlers(_options: ReportHandlerOptions): ApiHandlers['reports'] {
  return {
    make: notBuilt,
    read: notBuilt,
    discard: notBuilt,
    save: notBuilt,
    cancel: notBuilt,
  };
}
