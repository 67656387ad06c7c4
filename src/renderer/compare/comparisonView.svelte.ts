import type { Comparison } from '#contract/comparison';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { ChartGroup } from '../charts/chartGroup.ts';
import { type AlignedSamples, alignSamples } from './alignedSamples.ts';

/** Seconds asked for of each run: enough for the width of a screen. */
const drawnSamples = 600;
const reloadPauseMs = 400;

/** Runs side by side on screen; read again when one of them changes. */
export class ComparisonView {
  readonly ids: readonly string[];
  readonly charts: ChartGroup;
  #comparison: Comparison | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #samples: AlignedSamples | null = $state.raw(null);
  #samplesError: AppError | null = $state.raw(null);
  #round = 0;
  #reload: ReturnType<typeof setTimeout> | undefined;

  constructor(ids: readonly string[]) {
    this.ids = ids;
    this.charts = new ChartGroup(() => this.#samples?.t.at(-1) ?? 0);
  }

  get comparison(): Comparison | null {
    return this.#comparison;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** null: not there yet. */
  get samples(): AlignedSamples | null {
    return this.#samples;
  }

  get samplesError(): AppError | null {
    return this.#samplesError;
  }

  /** Reads the runs and follows their changes until the returned function is called. */
  open(): () => void {
    void this.load();
    const leave = [
      api.runs.on('changed', ({ runId }) => {
        if (runId === null || this.ids.includes(runId)) this.#reloadSoon();
      }),
      connection.onReturn(() => void this.load()),
    ];
    return () => {
      clearTimeout(this.#reload);
      this.#round++;
      leave.forEach((stop) => stop());
      this.charts.destroy();
    };
  }

  async load(): Promise<void> {
    clearTimeout(this.#reload);
    this.#reload = undefined;
    const round = ++this.#round;
    const answer = await api.comparisons.compare({ runIds: [...this.ids] });
    if (round !== this.#round) return;
    if (answer.ok) {
      this.#comparison = answer.value;
      this.#error = null;
    } else {
      this.#error = answer.error;
      return;
    }
    const all = await Promise.all(this.ids.map((runId) => api.runs.samples({ runId, atMost: drawnSamples })));
    if (round !== this.#round) return;
    const failed = all.find((one) => !one.ok);
    this.#samplesError = failed?.ok === false ? failed.error : null;
    this.#samples = alignSamples(all.map((one) => (one.ok ? one.value : [])));
    this.charts.redraw();
  }

  #reloadSoon(): void {
    this.#reload ??= setTimeout(() => void this.load(), reloadPauseMs);
  }
}
