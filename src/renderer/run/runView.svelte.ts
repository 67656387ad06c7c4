import type { RunTick } from '#contract/api/runs';
import { type Finding, findingText } from '#contract/generator';
import type { AppError } from '#contract/errors';
import type {
  BreakingPoint,
  ErrorRecord,
  RunDetail,
  RunMarker,
  RunRow,
  Sample,
  ThresholdResult,
  TurnRecord,
  UserControl,
} from '#contract/run';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { ChartGroup } from '../charts/chartGroup.ts';
import { keptFullS } from '../charts/columnStore.ts';
import { SampleSeries } from '../charts/sampleSeries.ts';
import { messages } from '../frame/messages.svelte.ts';
import { isGoing, runList } from '../runs/runList.svelte.ts';
import { type Answers, answersOf, countAnswer } from './answers.ts';
import { chartMarkers } from './markers.ts';
import { countedWorkload, type ScenarioWorkload, scenarioWorkload } from './runWorkload.ts';
import { addTurns } from './turnBuffer.ts';

const keptErrors = 200;
/** While the run goes on its detail (notices) is read again this often. */
const detailPauseMs = 3000;
/** A run without a tick for this long is another process's: its history is read again when the list changes. */
const silentMs = 4000;
/** Samples asked for to draw a whole run, and to draw a stretch of it more finely. */
const drawnSamples = 1500;
const refinedSamples = 4500;
/** How long the view stands still before finer seconds are fetched for it. */
const refinePauseMs = 200;
const nothing: Answers = { answered: 0, timedOut: 0, lost: 0, excluded: 0 };

/** One run on screen, live or past: its detail, series, newest turns and errors, kept up to date. */
export class RunView {
  readonly id: string;
  readonly series = new SampleSeries();
  readonly charts: ChartGroup;
  #detail: RunDetail | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #seriesError: AppError | null = $state.raw(null);
  #last: Sample | null = $state.raw(null);
  #standing: ThresholdResult[] | null = $state.raw(null);
  #turns: TurnRecord[] = $state.raw([]);
  #turnTotal = $state(0);
  #answers: Answers = $state.raw(nothing);
  #countedAll = $state(true);
  #errors: ErrorRecord[] = $state.raw([]);
  #errorKinds: string[] = $state.raw([]);
  #bottleneck: Finding | null = $state.raw(null);
  #untrusted: string[] = $state.raw([]);
  #users: UserControl | null = $state.raw(null);
  #breakingPoint: BreakingPoint | null = $state.raw(null);
  #hasArrivals = $state(false);
  #hasTokens = $state(false);
  readonly #scenarioYaml = $derived(this.#detail?.scenarioYaml ?? '');
  readonly #byScenario = $derived(scenarioWorkload(this.#scenarioYaml));
  readonly #workload = $derived(this.#byScenario ?? countedWorkload(this.#detail?.summary?.counts ?? null));
  #version = $state(0);
  /** Whether this run's own process tells this page of every second. */
  #heard = false;
  #lastTickAt = -Infinity;
  #detailAt = -Infinity;
  #refining: ReturnType<typeof setTimeout> | undefined;
  readonly #leave: (() => void)[] = [];

  constructor(id: string) {
    this.id = id;
    this.charts = new ChartGroup(
      () => this.series.last?.t ?? (this.live ? 0 : (this.row?.durationMs ?? 0) / 1000),
    );
  }

  get detail(): RunDetail | null {
    return this.#detail;
  }

  /** The newest row known: from the list where it has the run in the same state, else from the detail. */
  get row(): RunRow | null {
    const listed = runList.rows.find((row) => row.id === this.id);
    const own = this.#detail?.row ?? null;
    return own && !isGoing(own) && (!listed || isGoing(listed)) ? own : (listed ?? own);
  }

  get error(): AppError | null {
    return this.#error;
  }

  get seriesError(): AppError | null {
    return this.#seriesError;
  }

  get live(): boolean {
    const row = this.row;
    return row !== null && isGoing(row);
  }

  /** The newest second; changes with every tick. */
  get last(): Sample | null {
    return this.#last;
  }

  /** Every threshold over the run so far, or as it ended. */
  get thresholds(): ThresholdResult[] {
    return (this.live ? this.#standing : null) ?? this.#detail?.thresholds ?? [];
  }

  /** The newest turns, newest first. */
  get turns(): TurnRecord[] {
    return this.#turns;
  }

  get turnTotal(): number {
    return this.#turnTotal;
  }

  get answers(): Answers {
    return this.#detail?.summary ? answersOf(this.#detail.summary.counts) : this.#answers;
  }

  /** Whether `answers` covers all turns and not only those seen since this screen was opened. */
  get answersComplete(): boolean {
    return this.#detail?.summary != null || this.#countedAll;
  }

  /** The newest errors while the run goes on, newest first. */
  get newestErrors(): ErrorRecord[] {
    return this.#errors;
  }

  /** From when on the generator was the bottleneck, for certain; null while it was not. */
  get bottleneck(): Finding | null {
    return this.#bottleneck;
  }

  /** Why a run that goes on could not be trusted if it ended now; empty while it could. */
  get untrusted(): string[] {
    return this.#untrusted;
  }

  /** Who decides how many users there are; null while this page does not hear the run's own process. */
  get users(): UserControl | null {
    return this.#users;
  }

  /** How far a search for the breaking point has come, or what it found; null where none is made. */
  get breakingPoint(): BreakingPoint | null {
    return this.#detail?.summary ? (this.#detail.summary.load?.breaking_point ?? null) : this.#breakingPoint;
  }

  /** Whether calls arrive at a rate. */
  get hasArrivals(): boolean {
    return this.#hasArrivals || this.#detail?.summary?.load?.arrivals != null;
  }

  /** Whether answers came in tokens. */
  get hasTokens(): boolean {
    return this.#hasTokens || (this.#detail?.summary?.metrics.first_token.count ?? 0) > 0;
  }

  /** What its users do. */
  get workload(): ScenarioWorkload {
    return this.#workload;
  }

  /** Whether single requests are kept of it: of its users, of set-up, or of tear-down. */
  get hasRequests(): boolean {
    return this.#workload.requests || Object.keys(this.#workload.stages).length > 0;
  }

  get errorKinds(): string[] {
    return this.#errorKinds;
  }

  /** Counts up whenever the history of the run should be asked again. */
  get version(): number {
    return this.#version;
  }

  /** Starts listening and loads what there is. Returns how to end it. */
  open(): () => void {
    this.#leave.push(
      api.runs.on('tick', (tick) => {
        if (tick.runId === this.id) this.#onTick(tick);
      }),
      api.runs.on('phase', (phase) => {
        if (phase.runId !== this.id) return;
        if (phase.phase === 'finished') void this.load();
        else if (!this.#detail) void this.#loadDetail();
      }),
      api.runs.on('changed', ({ runId }) => {
        if (runId !== null && runId !== this.id) return;
        const silent = performance.now() - this.#lastTickAt > silentMs;
        if (this.live && silent) void this.#follow();
        else if (runId === this.id || !this.#detail) void this.#loadDetail();
      }),
      connection.onReturn(() => void this.load()),
      this.charts.subscribe((what) => {
        if (what === 'view') this.#refineSoon();
      }),
    );
    void this.load();
    return () => {
      clearTimeout(this.#refining);
      for (const leave of this.#leave.splice(0)) leave();
      this.charts.destroy();
    };
  }

  /** Reads everything from the history again. */
  async load(): Promise<void> {
    await Promise.all([this.#loadDetail(), this.#loadSeries()]);
  }

  /** Sets the number of users; null gives it back to the load profile. Whether it was taken; else the operator has been told why not. */
  async setUsers(users: number | null): Promise<boolean> {
    const answer = await api.runs.setUsers({ runId: this.id, users });
    if (answer.ok) this.#users = { pinned: users, adjustable: this.#users?.adjustable ?? true };
    else messages.error(answer.error);
    return answer.ok;
  }

  /** Writes a line at a moment of the run; null: now. Whether it was taken; else the operator has been told why not. */
  async addMarker(text: string, at: number | null): Promise<boolean> {
    const row = this.row;
    // Only the process that makes the run knows its now; of another's the newest second must do.
    const t = at ?? (this.#heard || !row ? null : runList.elapsedSeconds(row, performance.now()));
    const answer = await api.runs.addMarker({ runId: this.id, text, ...(t === null ? {} : { t }) });
    if (answer.ok) await this.#loadDetail();
    else messages.error(answer.error);
    return answer.ok;
  }

  /** Takes a marker off; it can be brought back from the message. */
  async removeMarker({ id, text, t }: RunMarker): Promise<void> {
    const answer = await api.runs.removeMarker({ runId: this.id, id });
    if (!answer.ok) {
      messages.error(answer.error);
      return;
    }
    await this.#loadDetail();
    messages.offer(`The marker “${text}” was removed.`, 'Undo', () => void this.addMarker(text, t));
  }

  /** Reads what is written about the run again. */
  async reload(): Promise<void> {
    await this.#loadDetail();
  }

  async #loadSeries(): Promise<void> {
    await Promise.all([this.#loadSamples(), this.#loadTurns()]);
    this.#version += 1;
  }

  async #loadDetail(): Promise<void> {
    this.#detailAt = performance.now();
    const answer = await api.runs.get({ runId: this.id });
    if (answer.ok) {
      const ended = this.#detail !== null && isGoing(this.#detail.row) && !isGoing(answer.value.row);
      this.#detail = answer.value;
      this.#error = null;
      this.charts.setMarkers(chartMarkers(answer.value.markers));
      if (ended) void this.#loadSeries();
    } else if (!this.#detail) {
      this.#error = answer.error;
    }
  }

  /** A run of another process: only what is new is asked for. */
  async #follow(): Promise<void> {
    const last = this.series.last;
    if (!last) return this.load();
    await Promise.all([this.#loadDetail(), this.#loadSamples(last.t), this.#loadTurns(200)]);
    this.#version += 1;
  }

  /**
   * Of a long run the whole comes merged, and its newest quarter of an hour second by second. `after`: only what is
   * later than this moment, in seconds.
   */
  async #loadSamples(after: number | null = null): Promise<void> {
    const whole = await api.runs.samples({
      runId: this.id,
      atMost: drawnSamples,
      ...(after === null ? {} : { fromS: after }),
    });
    if (!whole.ok) {
      this.#seriesError = this.series.length === 0 ? whole.error : null;
      return;
    }
    if (after !== null) {
      for (const sample of whole.value) this.series.push(sample);
      this.#seriesChanged();
      return;
    }
    const newest = await this.#newest(whole.value);
    const known = this.series.last;
    this.series.replace([...whole.value.filter(({ t }) => t <= newest.from), ...newest.samples]);
    if (known) this.series.push(known);
    this.#seriesChanged();
  }

  /** The newest seconds one by one, where they were merged; they begin after a merged one that stays. */
  async #newest(whole: readonly Sample[]): Promise<{ from: number; samples: Sample[] }> {
    const last = whole.at(-1);
    const nothingFiner = { from: Infinity, samples: [] };
    if (!last || last.span <= 1) return nothingFiner;
    const from = whole.findLast(({ t }) => t <= last.t - keptFullS)?.t ?? 0;
    const finer = await api.runs.samples({ runId: this.id, fromS: from });
    return finer.ok ? { from, samples: finer.value.filter(({ t }) => t > from) } : nothingFiner;
  }

  /** Old seconds of a long run are kept merged; those that are looked at closely are fetched again. */
  #refineSoon(): void {
    clearTimeout(this.#refining);
    this.#refining = setTimeout(() => void this.#refine(), refinePauseMs);
  }

  async #refine(): Promise<void> {
    const [from, to] = this.charts.range();
    const length = to - from;
    if (this.charts.zoom === null || this.series.coarsest(from, to) <= this.charts.step) return;
    const answer = await api.runs.samples({
      runId: this.id,
      fromS: Math.max(0, from - length),
      toS: to + length,
      atMost: refinedSamples,
    });
    if (!answer.ok || answer.value.length === 0) return;
    this.series.refine(answer.value);
    this.charts.redraw();
  }

  async #loadTurns(limit = 1000): Promise<void> {
    const answer = await api.runs.turns({ runId: this.id, order: 'newest', limit });
    if (!answer.ok) return;
    this.#take(answer.value.turns);
    this.#turnTotal = Math.max(answer.value.total, this.#turns.length);
    this.#countedAll = answer.value.total <= this.#turns.length;
  }

  #onTick(tick: RunTick): void {
    this.#lastTickAt = performance.now();
    if (this.series.push(tick.sample)) this.#seriesChanged();
    this.#standing = tick.thresholds;
    this.#heard = true;
    this.#untrusted = tick.untrusted;
    this.#users = tick.users;
    this.#breakingPoint = tick.breakingPoint;
    this.#turnTotal += this.#take(tick.turns);
    if (tick.errors.length > 0) {
      this.#errors = [...tick.errors.toReversed(), ...this.#errors].slice(0, keptErrors);
    }
    if (!this.#detail || performance.now() - this.#detailAt > detailPauseMs) void this.#loadDetail();
  }

  #take(turns: readonly TurnRecord[]): number {
    if (turns.length === 0) return 0;
    const { turns: all, added } = addTurns(this.#turns, turns);
    this.#turns = all;
    this.#answers = added.reduce(countAnswer, this.#answers);
    return added.length;
  }

  #seriesChanged(): void {
    this.#last = this.series.last;
    this.#seriesError = null;
    const { findings } = this.series;
    this.#bottleneck = findings[0] ?? null;
    this.#hasArrivals = this.series.totals.arrivalsAsked > 0;
    this.#hasTokens ||= (this.#last?.firstToken.count ?? 0) > 0;
    // Another process's run says its reasons only at its end: until then what its seconds show must do.
    if (!this.#heard) this.#untrusted = findings.map(findingText);
    const kinds = this.series.errorKinds;
    if (kinds.length !== this.#errorKinds.length || kinds.some((kind, i) => kind !== this.#errorKinds[i])) {
      this.#errorKinds = kinds;
    }
    this.charts.invalidate();
  }
}
