/** One full turn with audio, placed by the same engine and judged by the same definitions as a run. */
import type { CallRecord, ErrorRecord, TurnRecord } from '#contract/run';
import type { Engine } from '#engine/run';
import { loadOf, type PlanUsers, type RunPlan } from '#engine/plan';
import { formatMs } from '../reports/quantities.ts';
import { closeCause } from './causes.ts';
import { failed, passed, skipped, type CheckStep, type Finding, type OnStep } from './steps.ts';

const spareMs = 5000;
/** The longest greeting that is waited for. */
const greetingMs = 30_000;

/** The plan of one caller who says the first thing of its first conversation and listens. */
export function oneTurnPlan(plan: RunPlan, user: PlanUsers): RunPlan {
  const conversation = user.conversations[0];
  const turn = conversation?.turns[0];
  if (conversation === undefined || turn === undefined)
    throw new Error('A plan without a turn cannot be checked');
  const clip = plan.clips[turn.clip];
  const spokenMs = clip === undefined ? 0 : (clip.samples.byteLength / 2 / clip.sampleRate) * 1000;
  const { timeouts } = turn;
  const durationMs =
    user.timeouts.connect +
    timeouts.first_byte * 2 +
    greetingMs +
    turn.pauseBeforeMs +
    spokenMs +
    timeouts.turn +
    spareMs;
  return {
    ...plan,
    users: [
      {
        ...user,
        weight: 1,
        conversations: [{ ...conversation, weight: 1, turns: [{ ...turn, bargeIn: null }] }],
        turnsPerCall: 1,
        callsPerUser: 1,
        reconnect: { attempts: 0, backoffMs: user.reconnect.backoffMs },
      },
    ],
    loads: loadOf([user], { startUsers: 1, stages: [{ target: 1, durationMs }], gracefulStopMs: 2000 }),
    warmUpMs: 0,
    periods: [],
    thresholds: [],
    workers: 1,
  };
}

/** What one call left behind. */
export interface CallTrace {
  turn: TurnRecord | null;
  call: CallRecord | null;
  errors: ErrorRecord[];
  /** Why the run was ended before it began, if it was. */
  failure: string | null;
}

/** Places the call and ends it as soon as its turn is over. */
export async function placeCall(engine: Engine, plan: RunPlan, signal: AbortSignal): Promise<CallTrace> {
  const trace: CallTrace = { turn: null, call: null, errors: [], failure: null };
  const over = Promise.withResolvers<null>();
  const run = await engine.start(plan, {
    onBatch(batch) {
      trace.turn ??= batch.turns[0] ?? null;
      trace.call ??= batch.calls[0] ?? null;
      trace.errors.push(...batch.errors);
      if (trace.turn !== null || trace.call !== null) over.resolve(null);
    },
  });
  const abort = () => run.abort();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  await Promise.race([over.promise, run.finished]);
  run.stop();
  const { summary } = await run.finished;
  signal.removeEventListener('abort', abort);
  if (summary.ended === 'crashed') trace.failure = summary.verdict_reasons[0] ?? 'the load generator crashed';
  return trace;
}

function whatHappened(trace: CallTrace): string {
  const { call, errors, failure, turn } = trace;
  return failure ?? turn?.error ?? errors[0]?.message ?? call?.error ?? 'the call ended before it';
}

function adviceFor(trace: CallTrace): string {
  const code = trace.call?.closeCode ?? null;
  return code === null
    ? 'The call did not last: the messages above and the log of the agent may say why.'
    : `The agent closed the call with ${code}. ${closeCause(code)}`;
}

/** Whether the caller could say its words. */
export function spokenFinding(trace: CallTrace): Finding {
  const { turn } = trace;
  if (turn?.endOfSpeechAt == null) return failed(whatHappened(trace), adviceFor(trace));
  const greeting = trace.call?.greeting ?? null;
  const remark =
    greeting === null
      ? null
      : `The agent spoke first: its greeting came ${formatMs(greeting)} after the set-up.`;
  return {
    ...passed(`“${turn.clip}” of ${turn.conversation}`, remark),
    ms: turn.endOfSpeechAt - (turn.onsetAt ?? turn.startedAt),
  };
}

/** Whether an answer was heard. */
export function answerFinding(trace: CallTrace): Finding {
  const { turn } = trace;
  if (turn === null) return failed('no turn', adviceFor(trace));
  const message = turn.ttfb === null ? '' : `first message after ${formatMs(turn.ttfb)}, `;
  const heard = `${message}first audio after ${formatMs(turn.ttfa)}, ${formatMs(turn.audioReceivedMs)} of audio`;
  if (turn.firstAudioAt !== null && turn.status === 'ok') return { ...passed(heard), ms: turn.ttfa };
  if (turn.timedOut === 'first_byte') {
    return failed(
      turn.firstMessageAt === null ? 'silence' : `${message}but no audio`,
      turn.firstMessageAt === null
        ? 'The agent took the call and was spoken to, but sent nothing: is its speech recognition reachable, does it expect another sample rate, or another path for media?'
        : 'The agent understood, but no audio came: is its speech synthesis reachable? If it is only slow, raise timeouts.first_byte.',
    );
  }
  if (turn.timedOut === 'turn') {
    return failed(
      `${heard}, and no end`,
      'The answer did not end in time: raise timeouts.turn, or see why the agent goes on talking.',
    );
  }
  if (turn.firstAudioAt !== null && turn.talk_over !== null) {
    return passed(`${heard}; the agent began before the caller had finished`);
  }
  return failed(whatHappened(trace), adviceFor(trace));
}

/** Speaks one turn and says whether it was answered. Rejects with a `CrosstalkError` when the engine cannot start. */
export async function checkTurn(
  engine: Engine,
  plan: RunPlan,
  signal: AbortSignal,
  onStep: OnStep,
): Promise<CheckStep[]> {
  const trace = await placeCall(engine, plan, signal);
  const spoken: CheckStep = { step: 'turn', ms: null, ...spokenFinding(trace) };
  onStep(spoken);
  const answer: CheckStep =
    spoken.status === 'ok'
      ? { step: 'answer', ms: null, ...answerFinding(trace) }
      : skipped('answer', 'not reached');
  onStep(answer);
  return [spoken, answer];
}
