import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConversationDraft } from '#contract/audio/conversation';
import { mostTurns } from '#contract/audio/limits';
import {
  changeTurn,
  duplicateTurn,
  emptyDraft,
  emptyTurn,
  indexOfTurn,
  insertTurn,
  keptTags,
  moveTurn,
  orderTurns,
  removeTurn,
  sameDraft,
  untitled,
  voiceText,
} from './draft.ts';

function conversation(...texts: string[]): ConversationDraft {
  return {
    ...emptyDraft('a'),
    turns: texts.map((say) => ({ ...emptyTurn(), key: `key-${say}`, say })),
  };
}

const texts = (draft: ConversationDraft) => draft.turns.map((turn) => turn.say);

describe('a conversation that is written', () => {
  it('moves a turn, and stops at either end', () => {
    const draft = conversation('one', 'two', 'three');
    expect(texts(moveTurn(draft, 'key-three', -1))).toEqual(['one', 'three', 'two']);
    expect(texts(moveTurn(draft, 'key-one', 2))).toEqual(['two', 'three', 'one']);
    expect(moveTurn(draft, 'key-one', -1)).toBe(draft);
    expect(moveTurn(draft, 'key-three', 1)).toBe(draft);
    expect(moveTurn(draft, 'nowhere', 1)).toBe(draft);
  });

  it('has the same turns in whatever order they are put', () => {
    const draft = conversation('one', 'two', 'three', 'four');
    const keys = draft.turns.map((turn) => turn.key);
    fc.assert(
      fc.property(fc.shuffledSubarray(keys), (some) => {
        const ordered = orderTurns(draft, some);
        expect(ordered.turns.slice(0, some.length).map((turn) => turn.key)).toEqual(some);
        expect([...texts(ordered)].sort()).toEqual([...texts(draft)].sort());
      }),
    );
  });

  it('copies a turn below it, under a key of its own', () => {
    const draft = conversation('one', 'two');
    const copied = duplicateTurn(draft, 'key-one');
    expect(copied && texts(copied.draft)).toEqual(['one', 'one', 'two']);
    expect(copied && indexOfTurn(copied.draft, copied.copy)).toBe(1);
    expect(duplicateTurn(draft, 'nowhere')).toBeNull();
  });

  it('is full at its limit', () => {
    const draft = conversation(...Array.from({ length: mostTurns }, (_, i) => String(i)));
    expect(insertTurn(draft, 0, emptyTurn())).toBe(draft);
    expect(duplicateTurn(draft, 'key-0')).toBeNull();
    expect(insertTurn(removeTurn(draft, 'key-5'), 0, emptyTurn()).turns).toHaveLength(mostTurns);
  });

  it('leaves the draft before a change as it was', () => {
    const draft = conversation('one', 'two');
    const changed = changeTurn(draft, 'key-two', { say: 'three' });
    expect(texts(draft)).toEqual(['one', 'two']);
    expect(texts(changed)).toEqual(['one', 'three']);
    expect(changed.turns[0]).toBe(draft.turns[0]);
  });
});

describe('whether there is something to save', () => {
  const draft = conversation('one', 'two');
  const copy = structuredClone(draft);

  it('does not mind keys and ways to say the same voice', () => {
    expect(sameDraft(draft, copy)).toBe(true);
    expect(sameDraft(draft, { ...copy, turns: copy.turns.map((turn) => ({ ...turn, key: 'x' })) })).toBe(
      true,
    );
    const azure = { provider: 'azure' as const, name: 'n' };
    expect(sameDraft({ ...draft, voice: azure }, { ...copy, voice: { ...azure, rate: '' } })).toBe(true);
  });

  it.each([
    ['the name', { ...copy, name: 'b' }],
    ['the weight', { ...copy, weight: 2 }],
    ['the voice', { ...copy, voice: { provider: 'offline' as const, name: 'rms' as const } }],
    ['words', changeTurn(copy, 'key-one', { say: 'One' })],
    ['a pause', changeTurn(copy, 'key-one', { pauseBeforeMs: 0 })],
    ['a turn’s voice', changeTurn(copy, 'key-one', { voice: copy.voice })],
    ['a recording', changeTurn(copy, 'key-one', { say: null, clip: 'a.wav' })],
    ['the order', moveTurn(copy, 'key-one', 1)],
    ['the number of turns', removeTurn(copy, 'key-one')],
  ])('sees that %s was changed', (_, changed) => expect(sameDraft(draft, changed)).toBe(false));
});

it('gives a new conversation a name nobody has', () => {
  expect(untitled([])).toBe('untitled');
  expect(untitled(['untitled', 'untitled_2', 'other'])).toBe('untitled_3');
});

it('says voices and what a turn has besides in short words', () => {
  expect(voiceText({ provider: 'offline', name: 'slt' })).toBe('slt');
  expect(voiceText({ provider: 'azure', name: 'en-US-AriaNeural', style: 'chat', rate: '+10%' })).toBe(
    'en-US-AriaNeural · chat · +10%',
  );
  expect(keptTags({ barge_in: { after: 300 }, quiet_tail: 1 })).toEqual(['interrupts', 'quiet tail']);
});
