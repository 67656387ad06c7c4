/** Dates as lists show them, in the operator's own time zone. */

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const complete = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** `Today 14:02`, `Yesterday 09:12`, `12 Nov 14:02`, `12 Nov 2024 14:02`; the text itself when it is not a date. */
export function formatWhen(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return `Today ${clock.format(date)}`;
  if (days === 1) return `Yesterday ${clock.format(date)}`;
  const day = date.getFullYear() === now.getFullYear() ? dayOfYear : dayAndYear;
  return `${day.format(date)} ${clock.format(date)}`;
}

/** The date in full with its time zone, for a hover. */
export function exactWhen(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${complete.format(date)} (${iso})`;
}

/** Wall-clock time to the millisecond of an epoch stamp. */
export function exactTime(epochMs: number): string {
  const date = new Date(epochMs);
  if (Number.isNaN(date.getTime())) return 'unknown';
  const two = (n: number, width = 2) => String(n).padStart(width, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
}
