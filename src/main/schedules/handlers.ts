/** What is run when, while the app is open. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { CrosstalkHome } from '../home.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface ScheduleHandlerOptions {
  home: CrosstalkHome;
  publish: Publish;
  start: ApiHandlers['runs']['start'];
}

export function createScheduleHandlers(_options: ScheduleHandlerOptions): ApiHandlers['schedules'] {
  return {
    list: notBuilt,
    save: notBuilt,
    remove: notBuilt,
    texts: notBuilt,
  };
}
