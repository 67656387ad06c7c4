/** Names of runs that stand side by side. */
import type { RunRow } from '#contract/run';
import { formatWhen } from '../format/dates.ts';

/** The names of runs, with when they started or their ids where several are called the same. */
export function distinctNames(rows: readonly RunRow[]): string[] {
  const times = (name: string) => rows.filter((row) => row.name === name).length;
  const timed = rows.map((row) =>
    times(row.name) > 1 ? `${row.name} · ${formatWhen(row.startedAt)}` : row.name,
  );
  return timed.map((name, i) =>
    timed.filter((other) => other === name).length > 1 ? `${name} · ${rows[i]?.id.slice(-4) ?? ''}` : name,
  );
}
