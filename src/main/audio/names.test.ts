import { expect, test } from 'vitest';
import { clipNames, isClipName, isPlainName, placeOfName } from './names.ts';

const address = 'abcdef0123456789'.repeat(4);
const first = (text: string, conversation: string | null) => {
  const place = conversation === null ? null : { conversation, turn: 2, turns: 5 };
  return [...clipNames(address, text, place)][0];
};

test('a clip is called after its place, or after its words', () => {
  expect(first('x', 'insurance_inquiry')).toBe('insurance_inquiry_turn_2_of_5_abcdef.pcm');
  expect(first('x', '  Insurance inquiry!  ')).toBe('insurance_inquiry_turn_2_of_5_abcdef.pcm');
  expect(first('Hello, is it me?', null)).toBe('hello_is_it_me_abcdef012345.pcm');
});

test.each(['con', '../../etc/passwd', 'a/b\\c:d*e?"f<g>h|i', '保険', '…', 'É'.repeat(300), 'x'.repeat(300)])(
  '%j gives a name that every system takes',
  (conversation) => {
    for (const name of clipNames(address, conversation, { conversation, turn: 1000, turns: 1000 })) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9_]*_turn_1000_of_1000_[0-9a-f]+\.pcm$/);
      expect(name.length).toBeLessThan(160);
    }
    for (const name of clipNames(address, conversation, null))
      expect(name).toMatch(/^[a-z0-9][a-z0-9_]*\.pcm$/);
  },
);

test('accents are dropped, another script has no letters to offer', () => {
  expect(first('', 'Größe d’été')).toBe('gro_e_d_ete_turn_2_of_5_abcdef.pcm');
  expect(first('', '保険')).toBe('conversation_turn_2_of_5_abcdef.pcm');
  expect(first('保険', null)).toBe('clip_abcdef012345.pcm');
});

test('further names say more of the address, the last one all of it', () => {
  const names = [...clipNames(address, '', { conversation: 'a', turn: 1, turns: 1 })];
  expect(names).toHaveLength(new Set(names).size);
  expect(names.at(-1)).toBe(`a_turn_1_of_1_${address}.pcm`);
});

test.each([
  ['insurance_inquiry_turn_1_of_5_abc123.pcm', 'insurance_inquiry', 1, 5],
  ['quick-question-turn-2-of-3_0a1b2c3d4e.pcm', 'quick_question', 2, 3],
  ['a turn 3 of 4.wav', 'a', 3, 4],
  ['the_turn_of_the_screw_turn_12_of_100_abcdef.pcm', 'the_turn_of_the_screw', 12, 100],
])('%s says its place', (name, conversation, turn, turns) => {
  expect(placeOfName(name)).toEqual({ conversation, turn, turns });
});

test.each(['hello.pcm', 'a_turn_0_of_3.pcm', 'a_turn_4_of_3.pcm', '_turn_1_of_2.pcm', 'audio_0123.pcm'])(
  '%s says none',
  (name) => {
    expect(placeOfName(name)).toBeNull();
  },
);

test('names of files in the folder itself', () => {
  for (const name of ['a.pcm', 'ä b.wav', 'C.PCM']) expect(isPlainName(name) && isClipName(name)).toBe(true);
  for (const name of ['', '.', '..', 'a/b', 'a\\b', 'C:x', 'a\n', 'a\0b'])
    expect(isPlainName(name)).toBe(false);
  for (const name of ['.hidden.pcm', 'a.mp3', 'pcm', 'manifest.jsonl']) expect(isClipName(name)).toBe(false);
});
