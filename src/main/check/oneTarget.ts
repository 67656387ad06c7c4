/** One target from its address to an interrupted answer. */
import { createEngine } from '#engine/engine';
import type { CheckedTarget, CheckFrame, CheckStep, CheckStepName } from '#contract/checks';
import type { PlanTarget, PlanVoiceUsers, RunPlan } from '#engine/plan';
import type { ProtocolAdapter } from '#engine/protocols/adapter';
import { entry } from '../entries.ts';
import { oneCallPlan, placeCall, type CallTrace } from './call.ts';
import { answerFinding, bargeInFinding, callFacts, onlyTalksOn, spokenFinding } from './callFindings.ts';
import { Mask } from './secrets.ts';
import { skipped, stepOf, type Fact, type Finding, type OnStep } from './steps.ts';
import { checkTarget } from './target.ts';

/** Who hears of a check while it goes on. */
export interface CheckReporting {
  /** Gives the check up: whatever it waits for, it then rejects with `CheckCancelled`. */
  signal: AbortSignal;
  /** A target comes next. `url`: secrets masked; `user`: the users entry that aims at it, empty for a bare address. */
  onTarget(target: { url: string; user: string }): void;
  onStep: OnStep;
  /** Frames of the call to that target, in their order. */
  onFrames?(frames: CheckFrame[]): void;
  /** What is going on, in words. */
  onDoing?(text: string): void;
}

/** What is checked, and what is known of it beforehand. */
export interface TargetSubject {
  target: PlanTarget;
  user: string;
  adapter: ProtocolAdapter;
  timeoutMs: number;
  health: ((signal: AbortSignal) => Promise<Finding>) | null;
  credentials: string | null;
  /** The caller and the plan it belongs to, asked for when the target can be reached. Rejects with a `CrosstalkError`. */
  speaker: () => Promise<{ plan: RunPlan; user: PlanVoiceUsers }>;
  /** An agent that cannot be interrupted fails the check: the scenario interrupts. */
  mustStop: (user: PlanVoiceUsers) => boolean;
}

const doing: Partial<Record<CheckStepName, string>> = {
  url: 'Looking up the name',
  dns: 'Connecting',
  tcp: 'Looking at the certificates',
  tls: "Asking the environment's guard",
  health: 'Opening the WebSocket',
  upgrade: 'Setting the session up',
  session: 'Placing a call and speaking',
  answer: 'Interrupting the next answer',
};

const anyFailed = (steps: readonly CheckStep[]) => steps.some((step) => step.status === 'failed');
const callSteps = ['turn', 'answer', 'barge_in'] as const;

/** Checks one target. Rejects with `CheckCancelled`, or with a `CrosstalkError` when the call cannot be prepared. */
export async function checkOne(subject: TargetSubject, reporting: CheckReporting): Promise<CheckedTarget> {
  const { adapter, credentials, health, target, timeoutMs, user } = subject;
  const { shownUrl: url } = target;
  const mask = new Mask(target);
  const steps: CheckStep[] = [];
  const add = (found: CheckStep) => {
    const step = mask.step(found);
    steps.push(step);
    const next = doing[step.step];
    if (next !== undefined && step.status !== 'failed') reporting.onDoing?.(next);
    reporting.onStep(step);
  };
  reporting.onTarget({ url, user });
  const { signal } = reporting;
  await checkTarget(target, { adapter, timeoutMs, signal, health, credentials, onStep: add });
  if (anyFailed(steps)) {
    for (const name of callSteps) add(skipped(name, 'not reached'));
    return { url, user, passed: false, steps };
  }
  const speaker = await subject.speaker();
  const trace = await called(speaker, mask, add, reporting);
  const stops = !onlyTalksOn(trace) || subject.mustStop(speaker.user);
  const counted = stops ? steps : steps.filter(({ step }) => step !== 'barge_in');
  return { url, user: user || speaker.user.name, passed: !anyFailed(counted), steps };
}

/** Places the call and says what it tells. */
async function called(
  { plan, user }: { plan: RunPlan; user: PlanVoiceUsers },
  mask: Mask,
  add: OnStep,
  reporting: CheckReporting,
): Promise<CallTrace> {
  const { signal } = reporting;
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  const count = { sent: 0, received: 0 };
  const heard = { answer: false };
  try {
    const trace = await placeCall(engine, oneCallPlan(plan, user), signal, {
      onFrames(frames) {
        for (const { direction } of frames) count[direction]++;
        reporting.onFrames?.(frames.map((frame) => mask.frame(frame)));
      },
      onFirstTurn(first) {
        const spoken = spokenFinding(first);
        add(stepOf('turn', spoken));
        const answer = spoken.status === 'ok' ? answerFinding(first) : null;
        add(answer === null ? skipped('answer', 'not reached') : stepOf('answer', answer));
        heard.answer = answer?.status === 'ok';
      },
    });
    const facts: Fact[] = [
      ...callFacts(trace),
      { name: 'frames', value: `${count.sent} sent, ${count.received} received` },
      ...(trace.framesLost === 0
        ? []
        : [{ name: 'frames not kept', value: `${trace.framesLost}: only the first ones are` }]),
    ];
    const last = heard.answer
      ? stepOf('barge_in', bargeInFinding(trace))
      : skipped('barge_in', 'not reached');
    add({ ...last, facts: [...last.facts, ...facts] });
    return trace;
  } finally {
    // Ending its threads is not waited for by whoever gave up.
    const closed = engine.close();
    if (signal.aborted) closed.catch(() => undefined);
    else await closed;
  }
}
