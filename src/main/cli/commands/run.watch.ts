/** What is shown of a run while it goes on. */
import type { BreakingPoint } from '#contract/run';
import type { RunBatch, RunListener } from '#engine/run';
import { LiveRun, type RunKinds } from '../terminal/liveRun.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable } from '../terminal/text.ts';

const plainEverySeconds = 5;

export class RunWatch implements RunListener {
  readonly #terminal: Terminal;
  readonly #live: LiveRun;
  readonly #quiet: boolean;
  readonly #onBatch: (batch: RunBatch) => void;
  #lastPlain = 0;
  /** The first message of each kind of error. */
  readonly examples = new Map<string, string>();

  constructor(
    terminal: Terminal,
    run: { title: string; plannedMs: number; atMost: boolean; quiet: boolean; kinds: RunKinds },
    onBatch: (batch: RunBatch) => void,
  ) {
    this.#terminal = terminal;
    this.#live = new LiveRun(run.title, run.plannedMs, run.atMost, run.kinds);
    this.#quiet = run.quiet;
    this.#onBatch = onBatch;
  }

  /** Shows the run before its first second is over. `keys`: whether keys change its users. */
  begin(keys = false): void {
    this.#live.keys = keys;
    this.#draw();
  }

  /** Users asked for in the newest second; null before the first. */
  get asked(): number | null {
    return this.#live.asked;
  }

  /** The number of users was set by hand; null: the load profile decides again. */
  pinned(users: number | null): void {
    this.#live.pinned = users;
    this.#draw();
  }

  onBatch(batch: RunBatch): void {
    this.#live.add(batch.sample);
    for (const { kind, message } of batch.errors)
      if (!this.examples.has(kind)) this.examples.set(kind, message);
    this.#onBatch(batch);
    this.#draw();
    if (this.#terminal.live || this.#quiet) return;
    const step = Math.floor(batch.sample.t / plainEverySeconds);
    if (step === this.#lastPlain) return;
    this.#lastPlain = step;
    this.#terminal.say(this.#live.plainLine());
  }

  onSearch(found: BreakingPoint): void {
    this.#live.breakingPoint = found;
  }

  onNotice(message: string): void {
    this.#terminal.say(`${this.#terminal.sayStyle.yellow('Note:')} ${printable(message)}`);
  }

  /** Calls are being let go. */
  stopping(): void {
    this.#live.state = 'stopping';
    this.#draw();
  }

  /** Takes the live view away; the result follows. */
  end(): void {
    this.#terminal.show([]);
  }

  #draw(): void {
    if (!this.#quiet)
      this.#terminal.show(this.#live.lines(this.#terminal.columns(), this.#terminal.sayStyle));
  }
}
