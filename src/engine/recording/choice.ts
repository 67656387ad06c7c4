import type { RunPlan } from '../plan.ts';
import { Random } from '../random.ts';

/** Sets these numbers apart from those that decide what a user does. */
const stream = 0x7265_636f;

/**
 * Whether a user's n-th call is recorded: the same for every run with the same seed, and none of the choices of the run
 * itself changes because of it.
 */
export function isRecorded(plan: Pick<RunPlan, 'seed' | 'record'>, vu: number, callNumber: number): boolean {
  const share = plan.record ?? 0;
  return share > 0 && new Random(plan.seed, vu, callNumber, stream).next() < share;
}
