import { expect, it } from 'vitest';
import type { VoiceInfo } from '#contract/api/voices';
import { isRate, voiceNamed, voiceSpoken } from './voiceChange.ts';
import { anyVoice, findVoices, voiceChoices } from './voiceSearch.ts';

const voice = (name: string, locale: string, localeName: string, gender: string, styles: string[] = []) => ({
  provider: 'azure' as const,
  name: `${locale}-${name}Neural`,
  displayName: name,
  locale,
  localeName,
  gender,
  styles,
});
const voices: VoiceInfo[] = [
  voice('Jenny', 'en-US', 'English (United States)', 'female', ['chat', 'sad']),
  voice('Guy', 'en-US', 'English (United States)', 'male', ['chat']),
  voice('Katja', 'de-DE', 'German (Germany)', 'female'),
];
const found = (filter: Partial<typeof anyVoice>) =>
  findVoices(voices, { ...anyVoice, ...filter }).map((v) => v.displayName);

it('finds voices by words, language, gender and style', () => {
  expect(found({})).toEqual(['Jenny', 'Guy', 'Katja']);
  expect(found({ text: 'english FEMALE' })).toEqual(['Jenny']);
  expect(found({ locale: 'de-DE' })).toEqual(['Katja']);
  expect(found({ gender: 'male', style: 'chat' })).toEqual(['Guy']);
  expect(found({ style: 'sad', locale: 'de-DE' })).toEqual([]);
});

it('offers what occurs, each once and in order', () => {
  expect(voiceChoices(voices)).toEqual({
    locales: [
      { locale: 'en-US', name: 'English (United States)' },
      { locale: 'de-DE', name: 'German (Germany)' },
    ],
    genders: ['female', 'male'],
    styles: ['chat', 'sad'],
  });
});

it('keeps the rate when another voice of Azure is chosen, not the style', () => {
  const before = { provider: 'azure' as const, name: 'a', style: 'chat', rate: '+10%' };
  expect(voiceNamed('azure', 'b', before)).toEqual({ provider: 'azure', name: 'b', rate: '+10%' });
  expect(voiceNamed('offline', 'rms', before)).toEqual({ provider: 'offline', name: 'rms' });
});

it('leaves out an empty style and rate', () => {
  const before = { provider: 'azure' as const, name: 'a', style: 'chat' };
  expect(voiceSpoken(before, { style: '' })).toEqual({ provider: 'azure', name: 'a' });
  expect(voiceSpoken(before, { rate: 'slow' })).toEqual({ ...before, rate: 'slow' });
  const offline = { provider: 'offline' as const, name: 'slt' as const };
  expect(voiceSpoken(offline, { rate: 'slow' })).toBe(offline);
});

it.each(['', '+10%', '-12.5%', '100%', '0.8', '1', 'slow', 'X-Fast'])('takes %j as a rate', (rate) =>
  expect(isRate(rate)).toBe(true),
);
it.each(['quickly', '10%"/>', '%', '++1%'])('does not take %j as a rate', (rate) =>
  expect(isRate(rate)).toBe(false),
);
