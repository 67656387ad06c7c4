/** The environment's guard as a step: without one nothing is asked, because nobody said what would be right. */
import type { GuardReport } from '#contract/api/environments';
import type { Result } from '#contract/errors';
import type { RunAim } from '../environments/aim.ts';
import { failed, passed, type Finding } from './steps.ts';

export type AskHealth = (signal: AbortSignal) => Promise<Finding>;

/** Asks the guard of where a scenario is aimed; null: it has none. Asked once, however many targets there are. */
export function healthOf(aim: Pick<RunAim, 'guarded' | 'askGuard'>): AskHealth | null {
  if (!aim.guarded) return null;
  let asked: Promise<Result<GuardReport | null>> | null = null;
  return async (signal) => {
    asked ??= aim.askGuard(signal);
    return findingOf(await asked);
  };
}

function findingOf(asked: Result<GuardReport | null>): Finding {
  if (!asked.ok) return failed(asked.error.message, 'The guard stands in the environment, under guard.');
  const report = asked.value;
  if (report === null) return passed('the environment has no guard');
  const facts = report.status === null ? [] : [{ name: 'answer', value: `HTTP ${report.status}` }];
  const found = report.passed
    ? passed(report.message, null, facts)
    : failed(
        report.message,
        report.status === null
          ? 'A run would be refused as well. Is the health address right, and reachable from here?'
          : 'This does not look like the environment that is meant: a run would be refused, and no call was placed. Check the address, or what the guard expects.',
        facts,
      );
  return { ...found, ms: report.ms };
}
