import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localeOfVoice, ssmlOf, type Speech } from './ssml.ts';

const jenny = 'en-US-JennyMultilingualNeural';
const frame = (locale: string, inside: string) =>
  `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" xml:lang="${locale}">${inside}</speak>`;

function made(speech: Speech): string {
  const result = ssmlOf(speech);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

test('plain words need a voice and nothing else', () => {
  expect(made({ text: ' Good morning. ', voice: jenny })).toBe(
    frame('en-US', `<voice name="${jenny}">Good morning.</voice>`),
  );
});

test('style goes around rate, and both are left out when they are empty', () => {
  expect(made({ text: 'Hi', voice: jenny, style: 'chat', rate: '+10%' })).toBe(
    frame(
      'en-US',
      `<voice name="${jenny}"><mstts:express-as style="chat"><prosody rate="+10%">Hi</prosody></mstts:express-as></voice>`,
    ),
  );
  expect(made({ text: 'Hi', voice: jenny, style: ' ', rate: '' })).toBe(
    frame('en-US', `<voice name="${jenny}">Hi</voice>`),
  );
});

test('nothing that is written can become markup', () => {
  const said = made({
    text: `</voice><break time="1s"/> & 'a' "b" \u0000\uD800`,
    voice: `x"><y`,
    style: `"/><z `,
  });
  expect(said).toBe(
    frame(
      'en-US',
      '<voice name="x&quot;&gt;&lt;y"><mstts:express-as style="&quot;/&gt;&lt;z">' +
        '&lt;/voice&gt;&lt;break time=&quot;1s&quot;/&gt; &amp; &apos;a&apos; &quot;b&quot;</mstts:express-as></voice>',
    ),
  );
});

/** The production `Char` of XML 1.0. */
function fitsXml(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

test('any text comes back as it was written, without what XML cannot hold', () => {
  const plain: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const speech = made({ text: `a${text}z`, voice: jenny });
      const inside = /<voice [^>]*>([^<>]*)<\/voice><\/speak>$/.exec(speech)?.[1] ?? '';
      const back = inside.replaceAll(/&(\w+);/g, (_whole, name: string) => plain[name] ?? '?');
      const kept = Array.from(text, (character) =>
        fitsXml(character.codePointAt(0) ?? 0) ? character : ' ',
      );
      expect(back).toBe(`a${kept.join('')}z`);
    }),
  );
});

test.each([
  [jenny, 'en-US'],
  ['fil-PH-BlessicaNeural', 'fil-PH'],
  ['zh-CN-liaoning-XiaobeiNeural', 'zh-CN-liaoning'],
  ['iu-Cans-CA-SiqiniqNeural', 'iu-Cans-CA'],
  ['en-US-Ava:DragonHDLatestNeural', 'en-US'],
  ['OurOwnVoice', 'en-US'],
  ['en-US"><x-y', 'en-US'],
])('the language of %s is %s', (voice, locale) => {
  expect(localeOfVoice(voice)).toBe(locale);
});

describe('what is refused before anything is sent', () => {
  test.each([
    [{ text: '', voice: jenny }, 'nothing_said'],
    [{ text: ' ... \u0007', voice: jenny }, 'nothing_said'],
    [{ text: 'hi', voice: ' ' }, 'unknown_voice'],
    [{ text: 'hi', voice: jenny, rate: 'quickly' }, 'invalid_rate'],
    [{ text: 'hi', voice: jenny, rate: '10%"/>' }, 'invalid_rate'],
    [{ text: 'a'.repeat(5001), voice: jenny }, 'text_too_long'],
  ])('%#: %o', (speech, code) => {
    expect(ssmlOf(speech)).toMatchObject({ ok: false, error: { kind: 'invalid_input', code } });
  });

  test.each(['+10%', '-12.5%', '100%', '0.8', '1', 'slow', 'X-Fast', 'default'])(
    'rate %s is fine',
    (rate) => {
      expect(made({ text: 'hi', voice: jenny, rate })).toContain(`<prosody rate="${rate}">`);
    },
  );

  test('5,000 characters are not too many, whatever they are', () => {
    expect(made({ text: '&'.repeat(4999) + 'a', voice: jenny }).length).toBeGreaterThan(24_000);
  });
});
