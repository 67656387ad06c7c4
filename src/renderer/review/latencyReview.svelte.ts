import type { LatencyMetric } from '#contract/metrics';
import type { BreakdownBy } from '#contract/review';
import { api } from '../api/index.ts';
import { Answer } from './answer.svelte.ts';

const columns = 120;
const rows = 24;

/** What the Latency tab asks about one run; every part by itself, so that one that fails leaves the others. */
export class LatencyReview {
  readonly #runId: string;
  readonly turns;
  readonly conversations;
  readonly users;
  readonly connections;
  readonly audio;
  #metric: LatencyMetric = $state('ttfa');
  #zoom: [number, number] | null = $state.raw(null);
  #step: string | null = $state(null);
  readonly distributions = $derived.by(() => this.#distributionsOf(this.#step));
  readonly heatMap = $derived.by(() => this.#heatMapOf(this.#metric, this.#zoom));

  constructor(runId: string, metric: LatencyMetric = 'ttfa') {
    this.#runId = runId;
    this.#metric = metric;
    const breakdown = (by: BreakdownBy) => new Answer(() => api.review.breakdown({ runId, by }));
    this.turns = breakdown('turn');
    this.conversations = breakdown('conversation');
    this.users = breakdown('user');
    this.connections = new Answer(() => api.review.connections({ runId }));
    this.audio = new Answer(() => api.review.audio({ runId }));
  }

  /** The metric that is looked at. */
  get metric(): LatencyMetric {
    return this.#metric;
  }

  /** The stretch of time the heat map shows, in seconds; null: everything. */
  get zoom(): [number, number] | null {
    return this.#zoom;
  }

  /** Name of the requests whose values are looked at; null: of everything. */
  get step(): string | null {
    return this.#step;
  }

  lookAt(step: string | null): void {
    this.#step = step;
  }

  look(metric: LatencyMetric): void {
    this.#metric = metric;
  }

  zoomTo(range: [number, number] | null): void {
    this.#zoom = range;
  }

  /** Asks everything anew; what is on screen stays until the answers are here. */
  async load(): Promise<void> {
    await Promise.all([
      this.distributions.load(),
      this.heatMap.load(),
      this.turns.load(),
      this.conversations.load(),
      this.users.load(),
      this.connections.load(),
      this.audio.load(),
    ]);
  }

  #distributionsOf(step: string | null) {
    const runId = this.#runId;
    return new Answer(() => api.review.distributions({ runId, ...(step === null ? {} : { step }) }));
  }

  #heatMapOf(metric: LatencyMetric, zoom: [number, number] | null) {
    const runId = this.#runId;
    const stretch = zoom ? { fromS: zoom[0], toS: zoom[1] } : {};
    return new Answer(() => api.review.heatMap({ runId, metric, columns, rows, ...stretch }));
  }
}
