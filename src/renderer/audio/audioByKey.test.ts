import { expect, it } from 'vitest';
import type { TurnAudio } from '#contract/api/clips';
import { audioByKey, countState, noAudio } from './audioByKey.ts';
import { emptyDraft, emptyTurn } from './draft.ts';

const draft = { ...emptyDraft('a'), turns: ['x', 'y'].map((key) => ({ ...emptyTurn(), key })) };
const answer = (state: TurnAudio['state'], peaks: number[]): TurnAudio => ({
  state,
  clip: null,
  problem: null,
  peaks,
});

it('keeps the object of what is the same as before', () => {
  const first = audioByKey(draft, [answer('ready', [0, 1]), answer('missing', [])], noAudio);
  const second = audioByKey(draft, [answer('ready', [0, 1]), answer('ready', [0, 2])], first);
  expect(second.get('x')).toBe(first.get('x'));
  expect(second.get('y')).toEqual(answer('ready', [0, 2]));
  expect(countState(second, 'ready')).toBe(2);
  expect(countState(second, 'missing')).toBe(0);
});

it('knows nothing of a turn that was not answered', () => {
  expect(audioByKey(draft, [answer('ready', [])], noAudio).has('y')).toBe(false);
});
