/** Days of the week, as they are chosen and as a schedule is told in words. */
import type { Schedule } from '#contract/api/schedules';

export type Day = Schedule['days'][number];

export const days: { day: Day; short: string; name: string }[] = [
  { day: 'mon', short: 'Mon', name: 'Monday' },
  { day: 'tue', short: 'Tue', name: 'Tuesday' },
  { day: 'wed', short: 'Wed', name: 'Wednesday' },
  { day: 'thu', short: 'Thu', name: 'Thursday' },
  { day: 'fri', short: 'Fri', name: 'Friday' },
  { day: 'sat', short: 'Sat', name: 'Saturday' },
  { day: 'sun', short: 'Sun', name: 'Sunday' },
];

/** `every day at 06:30`, `Mon, Wed at 06:30`. */
export function scheduleWords({
  every,
  days: chosen,
  time,
}: Pick<Schedule, 'every' | 'days' | 'time'>): string {
  const named = days.filter(({ day }) => chosen.includes(day)).map(({ short }) => short);
  return `${every === 'day' || named.length === 7 ? 'every day' : named.join(', ')} at ${time}`;
}

const weekday = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** `Mon 23 Nov, 06:30`, by this machine's clock. */
export function formatNext(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : weekday.format(date);
}
