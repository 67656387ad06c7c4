/** What a load means for this machine, in a sentence. */
import type { LoadForecast } from '#contract/api/scenarios';
import { carriedBy, isOfMachine, judgeCalibration, type Calibration } from '#contract/calibration';
import { judgeLimits, whole, type MachineFacts, type RunNeed } from '#contract/machine';

/** What is known of this machine. */
export interface KnownMachine {
  facts: MachineFacts;
  calibration: Calibration | null;
}

/** Above this share of what was carried there is little room for anything else. */
const tightAbove = 0.8;

function percent(share: number): string {
  return share > 0 && share < 0.01 ? 'Less than 1 %' : `${whole(Math.round(share * 100))} %`;
}

/** Judges a need by the limits of the machine and its last calibration, as the run itself will be judged. */
export function judgeMachine({ facts, calibration }: KnownMachine, need: RunNeed): LoadForecast['machine'] {
  const counts = calibration !== null && isOfMachine(calibration, facts) ? calibration : null;
  const most = counts === null ? null : carriedBy(counts, facts, need.workers);
  const [tightest] = judgeLimits(facts, need);
  if (tightest !== undefined) return { judged: 'too_much', most, message: tightest.message };
  const calls = need.callers ?? need.calls;
  if (calls === 0) {
    const message =
      'How many requests this machine makes shows while it makes them: a calibration counts calls.';
    return { judged: 'unknown', most: null, message };
  }
  const judged = judgeCalibration(calibration, facts, need);
  if (counts === null || most === null) {
    const why = calibration === null ? 'has not been calibrated' : 'was calibrated with other hardware';
    const message =
      judged.message ??
      `This machine ${why}, so nobody knows how many calls it carries; so few as these are no problem for most.`;
    return { judged: 'unknown', most: null, message };
  }
  const sure = counts.endedBy === 'generator';
  if (judged.message !== null) return { judged: sure ? 'too_much' : 'tight', most, message: judged.message };
  const share = calls / most;
  const message = `${percent(share)} of the ${sure ? '' : 'at least '}${whole(most)} ${most === 1 ? 'call' : 'calls'} this machine was found to carry.`;
  return { judged: share > tightAbove && sure ? 'tight' : 'fits', most, message };
}
