import { expect, it } from 'vitest';
import type { GenerationItem, TurnAudio } from '#contract/api/clips';
import { itemShown } from './generationItems.ts';
import { shownState } from './turnStates.ts';

const audio = (state: TurnAudio['state'], problem: string | null = null): TurnAudio => ({
  state,
  clip: null,
  problem,
  peaks: [],
});
const item = (state: GenerationItem['state'], problem: string | null = null): GenerationItem => ({
  conversation: 'a',
  turn: 1,
  text: 'Hello',
  voice: 'slt',
  state,
  problem,
});

it('says what is being done about a missing clip', () => {
  expect(shownState(null, null).state).toBe('asking');
  expect(shownState(audio('missing'), null).state).toBe('missing');
  expect(shownState(audio('missing'), item('speaking')).state).toBe('speaking');
  expect(shownState(audio('missing'), item('failed', 'quota'))).toMatchObject({
    state: 'failed',
    problem: 'quota',
  });
  expect(shownState(audio('missing'), item('cancelled')).state).toBe('missing');
});

it('says what a clip is once it is there, whatever was generated', () => {
  expect(shownState(audio('ready'), item('waiting')).state).toBe('ready');
  expect(shownState(audio('broken', 'odd length'), item('failed', 'old'))).toMatchObject({
    state: 'broken',
    problem: 'odd length',
  });
  expect(shownState(audio('empty'), item('failed', 'no words')).state).toBe('empty');
});

it('says how a clip of a generation ended', () => {
  expect(itemShown(item('done')).word).toBe('done');
  expect(itemShown(item('cancelled')).word).toBe('cancelled');
  expect(itemShown(item('failed', 'quota')).problem).toBe('quota');
});
