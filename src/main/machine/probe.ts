/** One try: so many calls for a while, and whether frames left in time. */
import { carriedWithin, type CalibrationProbe } from '#contract/calibration';
import { CrosstalkError } from '#contract/errors';
import type { Sample } from '#contract/run';
import type { Engine, RunBatch } from '#engine/run';
import type { RunPlan } from '#engine/plan';

/** Share of turns without a proper answer above which the practice agent counts as overrun. */
const overrunShare = 0.1;

/** Adds up what happened after the settling time. */
export class ProbeWindow {
  readonly #calls: number;
  readonly #plan: Pick<RunPlan, 'audio' | 'warmUpMs'>;
  readonly #seconds: number;
  #base: Sample | null = null;
  #last: Sample | null = null;
  #fewest = Number.POSITIVE_INFINITY;
  #sent = 0;
  #turns = { ended: 0, failed: 0 };
  #measured = 0;

  /** `plan`: its warm-up is the settling time. */
  constructor(calls: number, plan: Pick<RunPlan, 'audio' | 'warmUpMs'>, seconds: number) {
    this.#calls = calls;
    this.#plan = plan;
    this.#seconds = seconds;
  }

  /** Seconds that count so far. */
  get measured(): number {
    return this.#measured;
  }

  get full(): boolean {
    return this.#measured >= this.#seconds;
  }

  add({ sample, turns }: Pick<RunBatch, 'sample' | 'turns'>): void {
    if (this.full) return;
    if (sample.at < this.#plan.warmUpMs || this.#base === null) {
      this.#base = sample;
      return;
    }
    this.#last = sample;
    this.#measured++;
    this.#sent += sample.framesSent;
    this.#fewest = Math.min(this.#fewest, sample.active);
    for (const { status } of turns) {
      if (status === 'cut') continue;
      this.#turns.ended++;
      if (status !== 'ok') this.#turns.failed++;
    }
  }

  /** The verdict. `latenessP99`: over every frame after the settling time, from the engine's own histogram. */
  judge(latenessP99: number | null): CalibrationProbe {
    const ms = (this.#last?.at ?? 0) - (this.#base?.at ?? 0);
    const due = (this.#calls * ms) / this.#plan.audio.frameMs;
    // The engine's seconds do not begin and end exactly with a frame.
    const sentShare = due > 0 ? Math.min(1, this.#sent / due) : null;
    const late = this.#reason(latenessP99, sentShare);
    const agentOverrun = late === null && this.#turns.failed > overrunShare * this.#turns.ended;
    const reason = agentOverrun ? 'the practice agent could not keep up' : late;
    return { calls: this.#calls, carried: reason === null, latenessP99, sentShare, agentOverrun, reason };
  }

  #reason(latenessP99: number | null, sentShare: number | null): string | null {
    if (latenessP99 === null || sentShare === null) return 'no frame was sent';
    if (latenessP99 >= carriedWithin.latenessP99)
      return `frames were late: p99 ${latenessP99.toFixed(1)} ms, limit ${carriedWithin.latenessP99} ms`;
    if (this.#fewest < this.#calls) return `only ${this.#fewest} of ${this.#calls} calls were connected`;
    if (sentShare < carriedWithin.sentShare)
      return `${(sentShare * 100).toFixed(2)} % of the frames that were due were sent, limit ${carriedWithin.sentShare * 100} %`;
    return null;
  }
}

export interface ProbeOptions {
  plan: RunPlan;
  calls: number;
  seconds: number;
  signal: AbortSignal;
  /** Told every second. */
  onSecond: (phase: 'connecting' | 'measuring', measured: number) => void;
}

/** Makes the calls and cuts them off when the window is full. Throws a `CrosstalkError` when the engine fails. */
export async function probe(engine: Engine, options: ProbeOptions): Promise<CalibrationProbe> {
  const { plan, calls, seconds, signal } = options;
  const window = new ProbeWindow(calls, plan, seconds);
  const full = Promise.withResolvers<'full'>();
  const run = await engine.start(plan, {
    onBatch(batch) {
      window.add(batch);
      options.onSecond(batch.sample.at < plan.warmUpMs ? 'connecting' : 'measuring', window.measured);
      if (window.full) full.resolve('full');
    },
  });
  const cut = () => run.abort();
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut);
  void full.promise.then(cut);
  const { summary } = await run.finished;
  signal.removeEventListener('abort', cut);
  if (summary.ended === 'crashed') {
    throw new CrosstalkError({
      kind: 'internal',
      code: 'calibration_crashed',
      message: `The load generator failed at ${calls} calls: ${summary.untrusted_reasons.join('; ')}`,
    });
  }
  return window.judge(summary.metrics.frame_lateness.p99);
}
