/** A run while it goes on: what the terminal shows each second, and the plain lines of a log. */
import { generatorState, type GeneratorWord } from '#contract/generator';
import type { BreakingPoint, Percentiles, Sample } from '#contract/run';
import { formatCount, formatElapsed, formatMs, formatPerSecond } from '../../reports/quantities.ts';
import type { Style } from './style.ts';
import { pad, printable, truncate } from './text.ts';

/** Whether users call, and whether they make requests. */
export interface RunKinds {
  voice: boolean;
  requests: boolean;
}

/** The sums of a run up to now. */
export class LiveRun {
  readonly title: string;
  readonly plannedMs: number;
  /** It may be over before that. */
  readonly atMost: boolean;
  state: 'running' | 'stopping' = 'running';
  /** What its users do: call, make requests, or some this and some that. */
  readonly kinds: RunKinds;
  /** Users set by hand; null: the load profile decides. */
  pinned: number | null = null;
  /** Whether keys change the number of users. */
  keys = false;
  /** How far a search for the breaking point has come; null for other loads. */
  breakingPoint: BreakingPoint | null = null;
  #last: Sample | null = null;
  #totals = {
    attempted: 0,
    connected: 0,
    failed: 0,
    dropped: 0,
    turnsOk: 0,
    turnsFailed: 0,
    arrivals: 0,
    arrivalsDropped: 0,
    requestsOk: 0,
    requestsFailed: 0,
    iterations: 0,
  };
  readonly #errors = new Map<string, number>();

  constructor(
    title: string,
    plannedMs: number,
    atMost = false,
    kinds: RunKinds = { voice: true, requests: false },
  ) {
    this.kinds = kinds;
    this.title = title;
    this.plannedMs = plannedMs;
    this.atMost = atMost;
  }

  /** Users asked for in the newest second; null before the first. */
  get asked(): number | null {
    return this.#last?.asked ?? null;
  }

  /** Takes in one second. */
  add(sample: Sample): void {
    this.#last = sample;
    this.#totals.attempted += sample.callsAttempted;
    this.#totals.connected += sample.callsConnected;
    this.#totals.failed += sample.callsFailed;
    this.#totals.dropped += sample.callsDropped;
    this.#totals.turnsOk += sample.turnsOk;
    this.#totals.turnsFailed += sample.turnsFailed;
    this.#totals.requestsOk += sample.requestsOk;
    this.#totals.requestsFailed += sample.requestsFailed;
    this.#totals.iterations += sample.iterations;
    this.#totals.arrivals += sample.arrivalsAsked;
    this.#totals.arrivalsDropped += sample.arrivalsDropped;
    for (const [kind, count] of Object.entries(sample.errors))
      this.#errors.set(kind, (this.#errors.get(kind) ?? 0) + count);
  }

  /** The lines of the live view, each within `width`. */
  lines(width: number, style: Style): string[] {
    const last = this.#last;
    const totals = this.#totals;
    // A search takes as long as it takes.
    const over = this.breakingPoint === null && this.#elapsedMs > this.plannedMs;
    const state =
      this.state === 'stopping'
        ? style.yellow('◌ stopping')
        : over
          ? style.yellow(this.kinds.voice ? '◌ letting calls end' : '◌ letting requests end')
          : style.green('● running');
    const row = (name: string, ...parts: string[]) => `  ${style.dim(pad(name, 9))} ${parts.join('   ')}`;
    const failure = (label: string, n: number) =>
      n > 0 ? style.red(`${label} ${formatCount(n)}`) : `${label} 0`;
    const lines = [`${style.bold(printable(this.title))}   ${state} ${this.#clock()}`];
    if (this.breakingPoint !== null) lines.push(row('search', printable(this.breakingPoint.sentence)));
    lines.push(
      row(
        this.kinds.voice ? 'calls' : 'users',
        this.pinned === null || this.state === 'stopping'
          ? `asked ${last?.asked ?? 0}`
          : `asked ${style.bold(String(this.pinned))} by hand`,
        `active ${last?.active ?? 0}`,
        ...(this.kinds.voice
          ? [
              `connecting ${last?.connecting ?? 0}`,
              failure('failed', totals.failed),
              failure('dropped', totals.dropped),
            ]
          : []),
      ),
      ...(totals.arrivals > 0
        ? [
            row(
              'arrivals',
              `asked ${formatCount(totals.arrivals)}`,
              failure('dropped', totals.arrivalsDropped),
              style.dim(
                this.kinds.voice
                  ? `last second: ${last?.arrivalsAsked ?? 0} asked, ${last?.callsAttempted ?? 0} dialled`
                  : `last second: ${last?.arrivalsAsked ?? 0} asked, ${last?.iterations ?? 0} ended`,
              ),
            ),
          ]
        : []),
      ...(this.kinds.voice
        ? [
            row('turns', `ok ${formatCount(totals.turnsOk)}`, failure('failed', totals.turnsFailed)),
            row('ttfa', ...percentiles(last?.ttfa, style)),
            row('barge-in', `p95 ${formatMs(last?.bargeIn.p95 ?? null)}`),
          ]
        : []),
      ...(this.kinds.requests
        ? [
            row(
              'requests',
              `ok ${formatCount(totals.requestsOk)}`,
              failure('failed', totals.requestsFailed),
              formatPerSecond(last === null ? null : (last.requestsOk + last.requestsFailed) / last.span),
              `iterations ${formatCount(totals.iterations)}`,
            ),
            row('response', ...percentiles(last?.request, style)),
            ...((last?.firstToken.count ?? 0) > 0
              ? [row('token', ...percentiles(last?.firstToken, style))]
              : []),
          ]
        : []),
      row('errors', this.#errorWords(style)),
      row(
        'generator',
        last === null ? '–' : generatorText(generatorState(last.generator).word, style),
        style.dim(this.state === 'running' ? 'Ctrl-C stops gracefully' : 'Ctrl-C again aborts'),
      ),
    );
    if (
      this.keys &&
      this.breakingPoint === null &&
      totals.arrivals === 0 &&
      this.state === 'running' &&
      !over
    ) {
      const follow = this.pinned === null ? '' : ' · p load profile';
      lines.push(row('users', style.dim(`w +1 · W +10 · s −1 · S −10${follow}`)));
    }
    return lines.map((line) => truncate(line, Math.max(20, width - 1)));
  }

  /** One line for a log. */
  plainLine(): string {
    const last = this.#last;
    const totals = this.#totals;
    const errors = [...this.#errors.values()].reduce((sum, n) => sum + n, 0);
    return [
      this.#clock(),
      `${this.kinds.voice ? 'calls' : 'users'} ${last?.active ?? 0} of ${last?.asked ?? 0}`,
      ...(totals.arrivals > 0 ? [`arrivals ${totals.arrivals} asked ${totals.arrivalsDropped} dropped`] : []),
      ...(this.kinds.voice
        ? [
            `turns ${totals.turnsOk} ok ${totals.turnsFailed} failed`,
            `ttfa ${plainPercentiles(last?.ttfa)}`,
            `barge-in p95 ${formatMs(last?.bargeIn.p95 ?? null)}`,
          ]
        : []),
      ...(this.kinds.requests
        ? [
            `requests ${totals.requestsOk} ok ${totals.requestsFailed} failed`,
            `response ${plainPercentiles(last?.request)}`,
          ]
        : []),
      `errors ${errors}${errors > 0 ? ` (${this.#topErrors().join(', ')})` : ''}`,
      `generator ${last === null ? '–' : generatorState(last.generator).word}`,
      ...(this.breakingPoint === null ? [] : [printable(this.breakingPoint.sentence)]),
    ].join('  ');
  }

  get #elapsedMs(): number {
    return (this.#last?.t ?? 0) * 1000;
  }

  /** How long it has gone on, of how long. */
  #clock(): string {
    const elapsed = formatElapsed(this.#elapsedMs);
    if (this.breakingPoint !== null && this.#elapsedMs > this.plannedMs) return elapsed;
    return `${elapsed} / ${this.atMost ? 'at most ' : ''}${formatElapsed(this.plannedMs)}`;
  }

  #topErrors(): string[] {
    const sorted = [...this.#errors].sort((a, b) => b[1] - a[1]);
    const shown = sorted.slice(0, 4).map(([kind, n]) => `${printable(kind)} ${formatCount(n)}`);
    return sorted.length > 4 ? [...shown, `${sorted.length - 4} more kinds`] : shown;
  }

  #errorWords(style: Style): string {
    return this.#errors.size === 0 ? 'none' : style.red(this.#topErrors().join(' · '));
  }
}

function percentiles(of: Percentiles | undefined, style: Style): string[] {
  const { p50 = null, p95 = null, p99 = null } = of ?? {};
  return [
    `p50 ${formatMs(p50)}`,
    `p95 ${style.bold(formatMs(p95))}`,
    `p99 ${formatMs(p99)}`,
    style.dim('last 10 s'),
  ];
}

function plainPercentiles(of: Percentiles | undefined): string {
  const { p50 = null, p95 = null, p99 = null } = of ?? {};
  return `p50 ${formatMs(p50)} p95 ${formatMs(p95)} p99 ${formatMs(p99)}`;
}

function generatorText(word: GeneratorWord, style: Style): string {
  if (word === 'healthy') return style.green(word);
  return word === 'strained' ? style.yellow(word) : style.red(word);
}
