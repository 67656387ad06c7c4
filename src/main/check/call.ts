/** The one call of a check, placed by the same engine and judged by the same definitions as a run: a turn, and an interruption. */
import type { CheckFrame } from '#contract/checks';
import type { CallRecord, ErrorRecord, TurnRecord } from '#contract/run';
import { loadOf, type PlanTurn, type PlanVoiceUsers, type RunPlan } from '#engine/plan';
import type { Engine } from '#engine/run';
import { untilCancelled } from './steps.ts';

const spareMs = 5000;
/** The longest greeting that is waited for. */
const greetingMs = 30_000;
/** What was said when it was interrupted may still be answered for so long. */
const gracefulStopMs = 2000;
/** Into an answer that no scenario says when to interrupt. */
const interruptAfterMs = 300;

/** Of the call: the first turn is heard to its end, the answer to the second is interrupted by the third. */
export const checkedTurns = { whole: 1, interrupted: 2, interrupting: 3 } as const;

/** The turn of a conversation that is followed by an interruption, if one is. */
function interruptedTurn(turns: readonly PlanTurn[]): PlanTurn | undefined {
  return turns.find((turn) => turn.bargeIn !== null);
}

/**
 * The plan of one caller who says the first thing of its first conversation, hears the answer, says another, and
 * interrupts what it is told: as the conversation does, else 300 ms into the answer. Every frame is logged.
 */
export function oneCallPlan(plan: RunPlan, user: PlanVoiceUsers): RunPlan {
  const conversation = user.conversations[0];
  const first = conversation?.turns[0];
  if (conversation === undefined || first === undefined)
    throw new Error('A plan without a turn cannot be checked');
  const { turns } = conversation;
  const own = interruptedTurn(turns);
  const second = own ?? turns[1] ?? first;
  const third = turns[(turns.indexOf(second) + 1) % turns.length] ?? first;
  const bargeIn = {
    afterMs: own?.bargeIn?.afterMs ?? interruptAfterMs,
    probability: 1,
    clip: own?.bargeIn?.clip ?? null,
  };
  const said: PlanTurn[] = [
    { ...first, bargeIn: null },
    { ...second, bargeIn },
    { ...third, bargeIn: null },
  ];
  const spokenMs = ({ clip }: PlanTurn): number => {
    const audio = plan.clips[clip];
    return audio === undefined ? 0 : (audio.samples.byteLength / 2 / audio.sampleRate) * 1000;
  };
  const talkMs = said.reduce(
    (sum, turn) => sum + turn.pauseBeforeMs + spokenMs(turn) + turn.timeouts.turn,
    0,
  );
  const durationMs = user.timeouts.connect + user.timeouts.first_byte + greetingMs + talkMs + spareMs;
  return {
    ...plan,
    users: [
      {
        ...user,
        weight: 1,
        conversations: [{ ...conversation, weight: 1, turns: said }],
        turnsPerCall: said.length,
        callsPerUser: 1,
        reconnect: { attempts: 0, backoffMs: user.reconnect.backoffMs },
      },
    ],
    loads: loadOf([user], { startUsers: 1, stages: [{ target: 1, durationMs }], gracefulStopMs }),
    warmUpMs: 0,
    periods: [],
    thresholds: [],
    workers: 1,
    record: 1,
    everyFrame: true,
  };
}

/** Whether any conversation of a users entry interrupts. */
export function interrupts(user: PlanVoiceUsers): boolean {
  return user.conversations.some(({ turns }) => interruptedTurn(turns) !== undefined);
}

/** What one call left behind. */
export interface CallTrace {
  /** In the order in which they ended. */
  turns: TurnRecord[];
  call: CallRecord | null;
  errors: ErrorRecord[];
  /** Frames that were too many to be logged. */
  framesLost: number;
  /** Why the run was ended before it began, if it was. */
  failure: string | null;
}

export function turnOf(trace: CallTrace, index: number): TurnRecord | null {
  return trace.turns.find(({ turn }) => turn === index) ?? null;
}

export interface CallListener {
  onFrames(frames: CheckFrame[]): void;
  /** The first turn is over, or the call is: what can be said of it is in the trace. */
  onFirstTurn(trace: CallTrace): void;
}

/** A turn after which nothing more is to be learnt. */
function isLast({ status, turn }: TurnRecord): boolean {
  return status !== 'ok' || turn >= checkedTurns.interrupted;
}

/** Places the call and ends it as soon as its interruption is over, or a turn has failed. Rejects with `CheckCancelled`. */
export async function placeCall(
  engine: Engine,
  plan: RunPlan,
  signal: AbortSignal,
  listener: CallListener,
): Promise<CallTrace> {
  const trace: CallTrace = { turns: [], call: null, errors: [], framesLost: 0, failure: null };
  const over = Promise.withResolvers<null>();
  let told = false;
  const tellFirst = () => {
    if (!told) listener.onFirstTurn(trace);
    told = true;
  };
  const starting = engine.start(plan, {
    onRecording(parts) {
      for (const part of parts) {
        trace.framesLost = part.framesLost;
        if (part.frames.length > 0) listener.onFrames(part.frames);
      }
    },
    onBatch(batch) {
      trace.turns.push(...batch.turns);
      trace.call ??= batch.calls[0] ?? null;
      trace.errors.push(...batch.errors);
      if (trace.turns.length > 0) tellFirst();
      if (trace.turns.some(isLast) || trace.call !== null) over.resolve(null);
    },
  });
  const run = await untilCancelled(starting, signal).catch((error: unknown) => {
    // Whoever gave it up does not wait for it.
    void starting.then((late) => late.abort()).catch(() => undefined);
    throw error;
  });
  try {
    await untilCancelled(Promise.race([over.promise, run.finished]), signal);
    if (trace.turns.some(({ status }) => status !== 'ok')) run.abort();
    else run.stop();
    const { summary } = await untilCancelled(run.finished, signal);
    if (summary.ended === 'crashed')
      trace.failure = summary.verdict_reasons[0] ?? 'the load generator crashed';
  } finally {
    run.abort();
  }
  tellFirst();
  return trace;
}
