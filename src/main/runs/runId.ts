import { randomBytes } from 'node:crypto';

/** A new run's id, sortable by its start (UTC): `20261121-083012-7f3a`. */
export function newRunId(now = new Date()): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}
