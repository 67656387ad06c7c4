/** A target that is asked over HTTP or gRPC, from its address to one request. */
import type { CheckedTarget, CheckStep, CheckStepName } from '#contract/checks';
import type { PlanTarget, RunPlan } from '#engine/plan';
import type { PlanRequestUsers } from '#engine/requestPlan';
import type { CheckReporting } from '../oneTarget.ts';
import { Mask } from '../secrets.ts';
import { failed, notNeeded, type Finding } from '../steps.ts';
import { Way, waySteps } from '../way.ts';
import { firstStepOf, type FirstStep } from './firstStep.ts';
import { askReflection, askRpc, speakHttp2 } from './grpc.ts';
import { askHttp } from './http.ts';

/** What is checked, and what is known of it beforehand. */
export interface ServiceSubject {
  target: PlanTarget;
  user: string;
  timeoutMs: number;
  health: ((signal: AbortSignal) => Promise<Finding>) | null;
  credentials: string | null;
  /** Those of a scenario who ask it; null: a bare address. */
  users: { plan: RunPlan; users: PlanRequestUsers } | null;
}

const steps: Record<'http' | 'grpc', readonly CheckStepName[]> = {
  http: [...waySteps, 'request'],
  grpc: [...waySteps, 'http2', 'reflection', 'request'],
};

const doing: Partial<Record<CheckStepName, string>> = {
  url: 'Looking up the name',
  dns: 'Connecting',
  tcp: 'Looking at the certificates',
  tls: "Asking the environment's guard",
  http2: 'Asking which services there are',
  reflection: 'Making one call',
};

/** Checks one target. Rejects with `CheckCancelled`. */
export async function checkService(
  subject: ServiceSubject,
  reporting: CheckReporting,
): Promise<CheckedTarget> {
  const { health, target, timeoutMs, user, users } = subject;
  const { shownUrl: url } = target;
  const kind = target.protocol === 'grpc' ? 'grpc' : 'http';
  const mask = new Mask(target, users?.plan.secrets);
  const told: CheckStep[] = [];
  const onStep = (found: CheckStep) => {
    const step = mask.step(found);
    told.push(step);
    const next =
      step.step === 'health'
        ? kind === 'grpc'
          ? 'Speaking HTTP/2'
          : 'Making one request'
        : doing[step.step];
    if (next !== undefined && step.status !== 'failed') reporting.onDoing?.(next);
    reporting.onStep(step);
  };
  reporting.onTarget({ url, user });
  const way = new Way(target, { health, timeoutMs, signal: reporting.signal, onStep });
  try {
    const destination = await way.reach();
    if (destination !== null) {
      const asking = new Asking(subject, reporting.signal);
      if (kind === 'http') await way.take('request', () => asking.http());
      else {
        const spoken = await way.take('http2', async () => {
          const again = await way.dialAgain(destination);
          const { line } = way;
          return (
            again ??
            (line === null ? failed('no connection', 'Check it once more.') : speakHttp2(line, timeoutMs))
          );
        });
        if (spoken && (await way.take('reflection', () => askReflection(target, timeoutMs, users === null))))
          await way.take('request', () => asking.grpc());
      }
    }
    way.end(steps[kind]);
  } finally {
    way.leave();
  }
  return { url, user, passed: told.every(({ status }) => status !== 'failed'), steps: told };
}

/** Makes the one request. */
class Asking {
  readonly #subject: ServiceSubject;
  readonly #signal: AbortSignal;
  readonly #users: { plan: PlanRequestUsers; first: FirstStep } | null;

  constructor(subject: ServiceSubject, signal: AbortSignal) {
    this.#subject = subject;
    this.#signal = signal;
    const { users } = subject;
    const first = users && firstStepOf(users.plan, users.users);
    this.#users = users && first && { plan: users.users, first };
  }

  http(): Promise<Finding> {
    const { credentials, target, timeoutMs } = this.#subject;
    return askHttp({ target, timeoutMs, credentials, signal: this.#signal, users: this.#users });
  }

  grpc(): Promise<Finding> | Finding {
    if (this.#users === null) return notNeeded('no call is known: a scenario says which');
    return askRpc({ credentials: this.#subject.credentials, signal: this.#signal, users: this.#users });
  }
}
