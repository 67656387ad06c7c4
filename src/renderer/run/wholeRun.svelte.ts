import type { LatencyMetric, Statistic } from '#contract/metrics';
import type { MetricSummary } from '#contract/run';
import { api } from '../api/index.ts';
import type { RunView } from './runView.svelte.ts';

/** While the run goes on its distributions are asked for this often. */
const refreshMs = 3000;
const shown: LatencyMetric[] = ['ttfa', 'barge_in', 'connect', 'frame_lateness', 'request', 'first_token'];
const statistics = ['min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99_9', 'max', 'count'] as const;

/** A statistic of a summary; null where it has none of that name. */
export function statisticOf(summary: MetricSummary | undefined, stat: Statistic): number | null {
  const name = statistics.find((known) => known === stat);
  return summary && name && summary.count > 0 ? summary[name] : null;
}

/** The latencies of a run as a whole: from its summary once it is over, until then from all turns and requests so far. */
export class WholeRun {
  readonly #view: RunView;
  #soFar: Partial<Record<LatencyMetric, MetricSummary>> = $state.raw({});

  constructor(view: RunView) {
    this.#view = view;
  }

  /** Follows the run while a screen shows it. Returns how to stop. */
  follow(): () => void {
    void this.#read();
    const timer = setInterval(() => {
      if (this.#view.live && !document.hidden) void this.#read();
    }, refreshMs);
    return () => clearInterval(timer);
  }

  /** null while it is not known, or nothing was measured. */
  value(metric: LatencyMetric, stat: Statistic): number | null {
    const summary = this.#view.detail?.summary?.metrics[metric];
    if (summary) return statisticOf(summary, stat);
    const threshold = this.#view.thresholds.find(
      (one) => one.metric === metric && one.stat === stat && Object.keys(one.where ?? {}).length === 0,
    );
    return threshold?.value ?? statisticOf(this.#soFar[metric], stat);
  }

  async #read(): Promise<void> {
    if (this.#view.detail?.summary) return;
    const answer = await api.review.distributions({ runId: this.#view.id, metrics: shown });
    if (!answer.ok) return;
    this.#soFar = Object.fromEntries(answer.value.map(({ metric, summary }) => [metric, summary]));
    this.#view.charts.invalidate();
  }
}
