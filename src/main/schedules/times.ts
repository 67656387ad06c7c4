/** When a schedule is next: by the clock of this machine, with its summer time, or of another zone. */
import { Cron } from 'croner';
import type { Schedule } from '#contract/api/schedules';

/** What decides when it is. */
export type Timed = Pick<Schedule, 'every' | 'days' | 'time'>;

/** Days of the week as a crontab counts them. */
const dayNumbers = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 } as const;

/** Minute, hour and days of the week of a crontab; for every day `*`. */
export function cronPattern({ every, days, time }: Timed): string {
  const [hour = '0', minute = '0'] = time.split(':');
  const wanted = days.map((day) => dayNumbers[day]).sort((a, b) => a - b);
  return `${Number(minute)} ${Number(hour)} * * ${every === 'day' ? '*' : [...new Set(wanted)].join(',')}`;
}

/**
 * The first time after `from`. A time that a clock skips when it is put forward is when it has been; one that comes
 * twice is the first of the two. `timezone` left out: this machine's.
 */
export function nextTime(schedule: Timed, from: Date, timezone?: string): Date | null {
  if (schedule.every === 'week' && schedule.days.length === 0) return null;
  const cron = new Cron(cronPattern(schedule), {
    paused: true,
    ...(timezone === undefined ? {} : { timezone }),
  });
  return cron.nextRun(from);
}

/** The last time after `from` that is not later than `until`; null: there was none. */
export function lastTime(schedule: Timed, from: Date, until: Date, timezone?: string): Date | null {
  let last: Date | null = null;
  // A week is looked back at most: beyond it nobody asks which of the times it was.
  let at = new Date(Math.max(from.getTime(), until.getTime() - 8 * 86_400_000));
  for (
    let next = nextTime(schedule, at, timezone);
    next !== null && next <= until;
    next = nextTime(schedule, at, timezone)
  ) {
    last = next;
    at = next;
  }
  return last;
}
