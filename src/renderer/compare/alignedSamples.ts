/** Several runs on one time axis, each counted from the start of its load. Knows nothing of the screen. */
import type { Sample } from '#contract/run';

/** What is drawn over time of every run. */
const comparedColumns = ['ttfaP95', 'bargeInP95', 'requestP95', 'requestRate', 'active', 'errors'] as const;
export type ComparedColumn = (typeof comparedColumns)[number];

type Column = (number | null)[];

export interface AlignedSamples {
  /** Seconds since the start of the load. */
  t: number[];
  /** By what is drawn, a column per run in the order of the runs. */
  columns: Record<ComparedColumn, Column[]>;
}

/** Seconds that stand together are drawn as the worst of them; errors are their sum, calls those at their end. */
function merged(name: ComparedColumn, before: number | null, sample: Sample): number | null {
  const worst = (value: number | null) =>
    value === null ? before : before === null ? value : Math.max(before, value);
  switch (name) {
    case 'ttfaP95':
      return worst(sample.ttfa.p95);
    case 'bargeInP95':
      return worst(sample.bargeIn.p95);
    case 'requestP95':
      return worst(sample.request.p95);
    case 'requestRate':
      return worst((sample.requestsOk + sample.requestsFailed) / Math.max(1, sample.span));
    case 'active':
      return sample.active;
    case 'errors':
      return (before ?? 0) + Object.values(sample.errors).reduce((sum, count) => sum + count, 0);
  }
}

/** Puts the runs into steps as long as the longest second that was merged of any of them. */
export function alignSamples(runs: readonly (readonly Sample[])[]): AlignedSamples {
  const step = Math.max(1, ...runs.flatMap((samples) => samples.map(({ span }) => Math.ceil(span))));
  const end = Math.max(0, ...runs.map((samples) => samples.at(-1)?.t ?? 0));
  const rows = runs.some((samples) => samples.length > 0) ? Math.ceil(end / step - 1e-9) : 0;
  const empty = () => runs.map((): Column => Array<number | null>(rows).fill(null));
  const columns: AlignedSamples['columns'] = {
    ttfaP95: empty(),
    bargeInP95: empty(),
    requestP95: empty(),
    requestRate: empty(),
    active: empty(),
    errors: empty(),
  };
  runs.forEach((samples, run) => {
    for (const sample of samples) {
      const row = Math.max(0, Math.ceil(sample.t / step - 1e-9) - 1);
      for (const name of comparedColumns) {
        const column = columns[name][run];
        if (column !== undefined && row < rows) column[row] = merged(name, column[row] ?? null, sample);
      }
    }
  });
  return { t: Array.from({ length: rows }, (_, i) => (i + 1) * step), columns };
}
