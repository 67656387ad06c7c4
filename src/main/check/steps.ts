/** What a step of a check finds, and how it is timed and cut off. */
import type { CheckStep, CheckStepName } from '#contract/checks';

/** More that was found: a name and a value. Secrets masked. */
export type Fact = CheckStep['facts'][number];

/** Told of every step as soon as it is known. */
export type OnStep = (step: CheckStep) => void;

/** What a step found. `ms` replaces the time it took where that says nothing (it listened for a fixed while). */
export interface Finding {
  status: CheckStep['status'];
  detail: string;
  advice: string | null;
  facts: Fact[];
  ms?: number | null;
}

export function passed(detail: string, advice: string | null = null, facts: Fact[] = []): Finding {
  return { status: 'ok', detail, advice, facts };
}

export function failed(detail: string, advice: string, facts: Fact[] = []): Finding {
  return { status: 'failed', detail, advice, facts };
}

/** Not needed here. */
export function notNeeded(detail: string, advice: string | null = null, facts: Fact[] = []): Finding {
  return { status: 'skipped', detail, advice, facts, ms: null };
}

export function skipped(step: CheckStepName, detail: string): CheckStep {
  return { step, status: 'skipped', ms: null, detail, advice: null, facts: [] };
}

export function stepOf(step: CheckStepName, { ms = null, ...finding }: Finding): CheckStep {
  return { step, ms, ...finding };
}

/** Several remarks as one; null when there are none. */
export function remarks(...said: (string | null)[]): string | null {
  const some = said.filter((text) => text !== null);
  return some.length === 0 ? null : some.join(' ');
}

/** The operator gave the check up. */
export class CheckCancelled extends Error {
  constructor() {
    super('The check was cancelled.');
    this.name = 'CheckCancelled';
  }
}

/** Waits for `work`, but no longer than until the signal is given: then it rejects with `CheckCancelled`. */
export async function untilCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // What is given up may still fail, which is nobody's concern.
  work.catch(() => undefined);
  if (signal.aborted) throw new CheckCancelled();
  const gone = Promise.withResolvers<never>();
  const cancel = () => gone.reject(new CheckCancelled());
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Times one step. Rejects with `CheckCancelled`. */
export async function timed(
  step: CheckStepName,
  signal: AbortSignal,
  work: () => Promise<Finding> | Finding,
): Promise<CheckStep> {
  const from = process.hrtime.bigint();
  const found = await untilCancelled(Promise.resolve(work()), signal);
  return { step, ms: Number(process.hrtime.bigint() - from) / 1e6, ...found };
}
