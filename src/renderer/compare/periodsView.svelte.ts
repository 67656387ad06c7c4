import type { Comparison } from '#contract/comparison';
import type { AppError, Result } from '#contract/errors';
import type { RequestRow } from '#contract/requests';
import type { RunDetail } from '#contract/run';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { isGoing } from '../runs/runList.svelte.ts';
import { periodSpans } from './periodSpans.ts';

/** What the screen of a run's periods shows, as it was read together. */
export interface ComparedPeriods {
  comparison: Comparison;
  detail: RunDetail;
  /** All periods in which requests were made, in order. */
  all: RequestRow[];
  /** When each began and ended, by name. */
  spans: Readonly<Record<string, string>>;
}

async function read(runId: string, chosen: readonly string[]): Promise<Result<ComparedPeriods>> {
  const [detail, summary] = await Promise.all([
    api.runs.get({ runId }),
    api.requests.summary({ runId, by: 'period' }),
  ]);
  if (!detail.ok) return detail;
  if (!summary.ok) return summary;
  const all = summary.value.filter(({ key }) => key !== '');
  const periods = chosen.length > 0 ? [...chosen] : all.map(({ key }) => key);
  const comparison = await api.comparisons.periods({ runId, periods });
  if (!comparison.ok) return comparison;
  const spans = periodSpans(detail.value.scenarioYaml);
  return { ok: true, value: { comparison: comparison.value, detail: detail.value, all, spans } };
}

/** Periods of a run side by side on screen; read again when the run changes. */
export class PeriodsView {
  readonly #run: string;
  #periods: readonly string[] = [];
  #shown: ComparedPeriods | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #round = 0;

  constructor(run: string) {
    this.#run = run;
  }

  get shown(): ComparedPeriods | null {
    return this.#shown;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Puts these side by side, the first the baseline; none: all in order. What is shown stays until they are there. */
  choose(periods: readonly string[]): void {
    this.#periods = periods;
    void this.load(true);
  }

  /** Follows changes of the run until the returned function is called. */
  open(): () => void {
    const leave = [
      api.runs.on('changed', ({ runId }) => {
        if (runId === null || runId === this.#run) void this.load();
      }),
      connection.onReturn(() => void this.load()),
    ];
    return () => {
      this.#round++;
      leave.forEach((stop) => stop());
    };
  }

  /** Reads again what was chosen; `other`: what is shown is not that. */
  async load(other = false): Promise<void> {
    const round = ++this.#round;
    const answer = await read(this.#run, this.#periods);
    if (round !== this.#round) return;
    this.#error = answer.ok ? null : answer.error;
    if (answer.ok) this.#shown = answer.value;
    else if (other) this.#shown = null;
  }
}

/** Why there is nothing to compare, in one sentence. */
export function whyNoPeriods({ detail, all }: ComparedPeriods, chosen: readonly string[]): string {
  if (isGoing(detail.row)) return 'The run goes on: its periods can be compared when it has ended.';
  if (detail.row.state === 'cut_off')
    return 'The run was cut off before its end: what its periods would be compared by was not written.';
  if (chosen.length > 0 && all.length > 1)
    return `Fewer than two of the chosen periods (${chosen.join(', ')}) have requests in this run.`;
  return all.length === 0
    ? 'No request was made in a period of this run; a scenario names its periods under General.'
    : `Requests were made in one period alone (${all[0]?.key ?? ''}): a comparison needs two.`;
}
