/** The practice agent's own record of the answers it gave, told apart by whose calls they were. */
import { TruthLine } from '../../../src/contract/practice.ts';
import type { TrueTimes } from './measurement.ts';

function sinceMs(from: string, to: string): number {
  return Number(BigInt(to) - BigInt(from)) / 1e6;
}

/** Answer times of the calls whose id begins with `prefix`, from the lines of a truth log. */
export function trueTimes(log: string, prefix: string): TrueTimes {
  const times: TrueTimes = { ttfb: [], ttfa: [] };
  for (const line of log.split('\n').filter(Boolean)) {
    const truth = TruthLine.parse(JSON.parse(line));
    if (truth.kind !== 'turn' || !truth.callId.startsWith(prefix) || truth.endOfSpeechNs === null) continue;
    if (truth.firstMessageNs !== null) times.ttfb.push(sinceMs(truth.endOfSpeechNs, truth.firstMessageNs));
    if (truth.firstAudioNs !== null) times.ttfa.push(sinceMs(truth.endOfSpeechNs, truth.firstAudioNs));
  }
  return times;
}
