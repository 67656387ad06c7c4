/** What is run when, while the app is open. */
import { join } from 'node:path';
import type { ApiHandlers, Publish } from '#contract/api/index';
import type { RunOrigin } from '#contract/run';
import type { CrosstalkHome } from '../home.ts';
import { SchedulePlanner, type Clock } from './planner.ts';
import { ScheduleStore } from './store.ts';
import { scheduleTexts } from './texts.ts';

export interface ScheduleHandlerOptions {
  home: CrosstalkHome;
  publish: Publish;
  start: ApiHandlers['runs']['start'];
  /** Nothing is started by a command that ends by itself. */
  door: RunOrigin['door'];
  clock?: Clock;
}

export interface ScheduleHandlers {
  handlers: ApiHandlers['schedules'];
  close(): void;
}

export function createScheduleHandlers(options: ScheduleHandlerOptions): ScheduleHandlers {
  const { home, publish, start, door, clock } = options;
  const planner = new SchedulePlanner({
    store: new ScheduleStore(join(home.folder, 'schedules.json')),
    folder: home.folder,
    start,
    onChange: () => publish('schedules', 'changed', {}),
    ...(clock === undefined ? {} : { clock }),
  });
  if (door !== 'cli') planner.open();
  return {
    handlers: {
      list: () => planner.list(),
      save: ({ id, schedule }) => planner.save(id, schedule),
      remove: ({ id }) => planner.remove(id),
      texts: (schedule) =>
        scheduleTexts(schedule, {
          home: process.env.CROSSTALK_HOME?.trim() ? home.folder : undefined,
          log: join(home.folder, 'scheduled.log'),
          now: clock?.now() ?? new Date(),
        }),
    },
    close: () => planner.close(),
  };
}
