/** A run while it goes on: what the terminal shows each second, and the plain lines of a log. */
import { generatorState, type GeneratorWord } from '#contract/generator';
import type { BreakingPoint, Sample } from '#contract/run';
import { formatCount, formatElapsed, formatMs } from '../../reports/quantities.ts';
import type { Style } from './style.ts';
import { pad, printable, truncate } from './text.ts';

/** The sums of a run up to now. */
export class LiveRun {
  readonly title: string;
  readonly plannedMs: number;
  /** It may be over before that. */
  readonly atMost: boolean;
  state: 'running' | 'stopping' = 'running';
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
  };
  readonly #errors = new Map<string, number>();

  constructor(title: string, plannedMs: number, atMost = false) {
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
          ? style.yellow('◌ letting calls end')
          : style.green('● running');
    const row = (name: string, ...parts: string[]) => `  ${style.dim(pad(name, 9))} ${parts.join('   ')}`;
    const failure = (label: string, n: number) =>
      n > 0 ? style.red(`${label} ${formatCount(n)}`) : `${label} 0`;
    const lines = [`${style.bold(printable(this.title))}   ${state} ${this.#clock()}`];
    if (this.breakingPoint !== null) lines.push(row('search', printable(this.breakingPoint.sentence)));
    lines.push(
      row(
        'calls',
        this.pinned === null || this.state === 'stopping'
          ? `asked ${last?.asked ?? 0}`
          : `asked ${style.bold(String(this.pinned))} by hand`,
        `active ${last?.active ?? 0}`,
        `connecting ${last?.connecting ?? 0}`,
        failure('failed', totals.failed),
        failure('dropped', totals.dropped),
      ),
      ...(totals.arrivals > 0
        ? [
            row(
              'arrivals',
              `asked ${formatCount(totals.arrivals)}`,
              failure('dropped', totals.arrivalsDropped),
              style.dim(
                `last second: ${last?.arrivalsAsked ?? 0} asked, ${last?.callsAttempted ?? 0} dialled`,
              ),
            ),
          ]
        : []),
      row('turns', `ok ${formatCount(totals.turnsOk)}`, failure('failed', totals.turnsFailed)),
      row(
        'ttfa',
        `p50 ${formatMs(last?.ttfa.p50 ?? null)}`,
        `p95 ${style.bold(formatMs(last?.ttfa.p95 ?? null))}`,
        `p99 ${formatMs(last?.ttfa.p99 ?? null)}`,
        style.dim('last 10 s'),
      ),
      row('barge-in', `p95 ${formatMs(last?.bargeIn.p95 ?? null)}`),
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
      `calls ${last?.active ?? 0} of ${last?.asked ?? 0}`,
      ...(totals.arrivals > 0 ? [`arrivals ${totals.arrivals} asked ${totals.arrivalsDropped} dropped`] : []),
      `turns ${totals.turnsOk} ok ${totals.turnsFailed} failed`,
      `ttfa p50 ${formatMs(last?.ttfa.p50 ?? null)} p95 ${formatMs(last?.ttfa.p95 ?? null)} p99 ${formatMs(last?.ttfa.p99 ?? null)}`,
      `barge-in p95 ${formatMs(last?.bargeIn.p95 ?? null)}`,
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

function generatorText(word: GeneratorWord, style: Style): string {
  if (word === 'healthy') return style.green(word);
  return word === 'strained' ? style.yellow(word) : style.red(word);
}
