/** The steps of a check of one target, in their order, and what is said of each. */

export const checkSteps = ['url', 'dns', 'tcp', 'tls', 'upgrade', 'session', 'turn', 'answer'] as const;
export type CheckStepName = (typeof checkSteps)[number];

export const checkStepLabels: Record<CheckStepName, string> = {
  url: 'URL',
  dns: 'Name lookup (DNS)',
  tcp: 'TCP connection',
  tls: 'TLS',
  upgrade: 'WebSocket upgrade',
  session: 'Session set-up',
  turn: 'One turn spoken',
  answer: 'Answer heard',
};

export interface CheckStep {
  step: CheckStepName;
  /** `skipped`: not needed here, or not reached because an earlier step failed. */
  status: 'ok' | 'failed' | 'skipped';
  /** How long the step took; null when it was skipped. */
  ms: number | null;
  /** What was found, in a few words. */
  detail: string;
  /** A failed step's cause and what to do, in plain language; or a remark on a passed one. */
  advice: string | null;
}

/** What is checked: where, with which headers, and how the other side must identify itself. */
export interface CheckTarget {
  url: string;
  headers: Record<string, string>;
  tls: { verify: boolean; ca: string | null };
}

/** Told of every step as soon as it is known. */
export type OnStep = (step: CheckStep) => void;

/** What a step found. `ms` replaces the time it took where that says nothing (it listened for a fixed while). */
export interface Finding {
  status: 'ok' | 'failed';
  detail: string;
  advice: string | null;
  ms?: number | null;
}

/** Times one step. */
export async function timed(step: CheckStepName, work: () => Promise<Finding>): Promise<CheckStep> {
  const from = process.hrtime.bigint();
  const found = await work();
  return { step, ms: Number(process.hrtime.bigint() - from) / 1e6, ...found };
}

export function passed(detail: string, advice: string | null = null): Finding {
  return { status: 'ok', detail, advice };
}

export function failed(detail: string, advice: string): Finding {
  return { status: 'failed', detail, advice };
}

export function skipped(step: CheckStepName, detail: string): CheckStep {
  return { step, status: 'skipped', ms: null, detail, advice: null };
}
