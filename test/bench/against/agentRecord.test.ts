import { expect, it } from 'vitest';
import type { TruthTurn } from '../../../src/contract/practice.ts';
import { trueTimes } from './agentRecord.ts';

function turn(callId: string, stamps: Partial<TruthTurn>): TruthTurn {
  return {
    kind: 'turn', callId, turn: 1, onsetNs: '1', onsetFrame: 0, endOfSpeechNs: '5000000000', endOfSpeechFrame: 9,
    firstMessageNs: '5500000000', firstAudioNs: '5750500000', lastAudioNs: null, interruptedNs: null, stopNs: null,
    fault: null, answered: true, ...stamps,
  }; // prettier-ignore
}

it('tells the calls of one run from those of another, and leaves out what did not happen', () => {
  const lines = [
    turn('tuned-round-1-a', {}),
    turn('tuned-round-1-b', { firstAudioNs: null }),
    turn('tuned-round-1-c', { endOfSpeechNs: null }),
    turn('tuned-round-10-a', { firstAudioNs: '9000000000' }),
    { kind: 'call', callId: 'tuned-round-1-a', acceptedNs: '1', upgradedNs: '2', setupNs: '3', greetingNs: null, closedNs: '4', closeCode: 1000, framesReceived: 9, fault: null },
  ]; // prettier-ignore
  const log = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
  expect(trueTimes(log, 'tuned-round-1-')).toEqual({ ttfb: [500, 500], ttfa: [750.5] });
});
