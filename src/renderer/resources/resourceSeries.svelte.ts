import type { AppError } from '#contract/errors';
import type { RunSeries, SeriesInfo, SeriesPoint } from '#contract/series';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import type { ChartGroup } from '../charts/chartGroup.ts';
import { SeriesColumns } from './seriesColumns.ts';

/** A run that goes on but of which nothing was heard for this long is another process's: the history is asked again. */
const silentMs = 4000;

/** What was sampled beside one run, kept up to date. The values live outside the framework's reactivity, in `columns`. */
export class ResourceSeries {
  readonly columns = new SeriesColumns();
  readonly #runId: string;
  readonly #group: ChartGroup;
  #infos: readonly SeriesInfo[] = $state.raw([]);
  #drawn: readonly SeriesInfo[] = $state.raw([]);
  #error: AppError | null = $state.raw(null);
  #heardAt = -Infinity;
  #askedAt = -Infinity;
  #closed = false;

  constructor(runId: string, group: ChartGroup) {
    this.#runId = runId;
    this.#group = group;
  }

  /** The series there are, in the order in which they began. */
  get infos(): readonly SeriesInfo[] {
    return this.#infos;
  }

  /** Those of them that have values. */
  get drawn(): readonly SeriesInfo[] {
    return this.#drawn;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Starts listening and loads what there is. Returns how to end it. */
  open(): () => void {
    const leave = [
      api.resources.on('points', ({ runId, begun, points }) => {
        if (runId === this.#runId) this.#heard(begun, points);
      }),
      api.runs.on('phase', ({ runId, phase }) => {
        if (runId === this.#runId && phase === 'finished') void this.load();
      }),
      api.runs.on('changed', ({ runId }) => {
        if (runId !== null && runId !== this.#runId) return;
        const now = performance.now();
        if (now - Math.max(this.#heardAt, this.#askedAt) > silentMs) void this.load();
      }),
      connection.onReturn(() => void this.load()),
    ];
    void this.load();
    return () => {
      this.#closed = true;
      for (const end of leave) end();
    };
  }

  /** Reads everything from the history again. */
  async load(): Promise<void> {
    this.#askedAt = performance.now();
    const answer = await api.runs.series({ runId: this.#runId });
    if (this.#closed) return;
    if (!answer.ok) {
      this.#error = this.#infos.length === 0 ? answer.error : null;
      return;
    }
    this.#error = null;
    this.#take(answer.value);
  }

  #take(series: readonly RunSeries[]): void {
    this.columns.replace(series);
    this.#changed();
  }

  #heard(begun: readonly SeriesInfo[], points: readonly SeriesPoint[]): void {
    this.#heardAt = performance.now();
    this.columns.add(begun, points);
    const first = this.#drawn.length < this.#infos.length && this.columns.drawn.length > this.#drawn.length;
    if (begun.length > 0 || first) this.#changed();
    else this.#group.invalidate();
  }

  #changed(): void {
    this.#error = null;
    this.#infos = this.columns.infos;
    this.#drawn = this.columns.drawn;
    this.#group.invalidate();
  }
}
