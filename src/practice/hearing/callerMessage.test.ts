import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AudioMessage } from './audioMessage.ts';
import { CallerMessages, parseCallerMessage } from './callerMessage.ts';

const data = Buffer.from(Int16Array.of(1, -2, 300).buffer).toString('base64');

const messages = new CallerMessages();
const read = (text: string) => messages.read(Buffer.from(text));

describe('messages of the caller', () => {
  test.each([
    { kind: 'AudioData', audioData: { data, silent: false } },
    { Kind: 'AudioData', AudioData: { Data: data, Silent: false } },
    { KIND: 'audiodata', AUDIODATA: { DATA: data } },
  ])('audio with its keys in any case: %j', (message) => {
    expect(read(JSON.stringify(message))).toEqual({
      kind: 'audio',
      silent: false,
      samples: Int16Array.of(1, -2, 300),
    });
  });

  test('silent is what the caller says it is', () => {
    expect(read(JSON.stringify({ kind: 'AudioData', audioData: { data, silent: true } }))).toMatchObject({
      silent: true,
    });
  });

  test('set-up, with a rate only when it is one', () => {
    const setup = (sampleRate: unknown): string =>
      JSON.stringify({ kind: 'AudioMetadata', audioMetadata: { sampleRate } });
    expect(read(setup(24_000))).toEqual({ kind: 'setup', sampleRate: 24_000 });
    expect(read(setup('24000'))).toEqual({ kind: 'setup', sampleRate: null });
    expect(read(setup(-1))).toEqual({ kind: 'setup', sampleRate: null });
    expect(read('{"kind":"AudioMetadata"}')).toEqual({ kind: 'setup', sampleRate: null });
  });

  test('everything else is tolerated', () => {
    expect(read('{"kind":"DtmfData","dtmfData":{"data":"3"}}')).toEqual({ kind: 'other' });
    expect(read('{}')).toEqual({ kind: 'other' });
    for (const text of [
      '',
      'nonsense',
      '[]',
      'null',
      '7',
      '{"kind":"AudioData"}',
      '{"kind":"AudioData","audioData":{"data":7}}',
    ]) {
      expect(read(text)).toEqual({ kind: 'unreadable' });
    }
  });
});

/** Wire text of messages that are almost, or exactly, what a caller sends. */
const spelled = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(name) },
    fc.constantFrom(
      name.toLowerCase(),
      name.toUpperCase(),
      `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`,
    ),
    // A Kelvin sign is a k in lower case; an escape is a letter.
    fc.constantFrom(name.replace('k', '\u212a'), name.replace('a', '\\u0061'), `${name} `, ''),
  );
const space = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom(' ', '\n', '\t', '\r\n', '  ', '\f', '\u00a0'),
);
const base64 = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  },
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc.string({
    maxLength: 40,
    unit: fc.constantFrom('A', '/', '+', '=', '-', ' ', '\\/', '\\u002b', '\\"', '\n', 'é'),
  }),
);
const scalar = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'null',
    '7',
    '-1.5e3',
    'True',
    'tru',
    '{}',
    '[1]',
    '""',
    '"\\n"',
    '"a\nb"',
    '"é\\""',
  ),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
);
/** Members in any order, some missing, some twice, with white space between everything. */
const object = (members: fc.Arbitrary<readonly [string, string]>[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.shuffledSubarray([...members, ...members], { maxLength: members.length + 1 }),
      fc.array(space, { minLength: 24, maxLength: 24 }),
    )
    .chain(([chosen, spaces]) => fc.tuple(fc.tuple(...chosen), fc.constant(spaces)))
    .map(([written, spaces]) => {
      let n = 0;
      const gap = (): string => spaces[n++ % spaces.length] ?? '';
      const texts = written.map(([name, value]) => `${gap()}"${name}"${gap()}:${gap()}${value}${gap()}`);
      return `${gap()}{${texts.join(',')}}${gap()}`;
    });
const inOrder = (members: fc.Arbitrary<readonly [string, string]>[]): fc.Arbitrary<string> =>
  fc
    .tuple(...members)
    .map((written) => `{${written.map(([name, value]) => `"${name}":${value}`).join(',')}}`);
const anyObject = (members: fc.Arbitrary<readonly [string, string]>[]): fc.Arbitrary<string> =>
  fc.oneof(object(members), inOrder(members));
const audioData = anyObject([
  fc.tuple(spelled('timestamp'), scalar),
  fc.tuple(spelled('data'), fc.oneof({ weight: 8, arbitrary: base64.map((text) => `"${text}"`) }, scalar)),
  fc.tuple(spelled('silent'), fc.oneof(fc.constantFrom('true', 'false'), scalar)),
]);
const message = anyObject([
  fc.tuple(
    spelled('kind'),
    fc.oneof({ weight: 8, arbitrary: spelled('AudioData').map((kind) => `"${kind}"`) }, scalar),
  ),
  fc.tuple(spelled('audioData'), fc.oneof({ weight: 8, arbitrary: audioData }, scalar)),
  fc.tuple(spelled('stopAudio'), scalar),
]);
/** A byte changed, a piece missing, or something behind it. */
const damaged = fc
  .tuple(message, fc.nat(), fc.nat(255), fc.constantFrom('none', 'none', 'changed', 'cut', 'more'))
  .map(([text, position, byte, damage]) => {
    const bytes = Buffer.from(text);
    const at = position % Math.max(1, bytes.length);
    if (damage === 'cut') return bytes.subarray(0, at);
    if (damage === 'more') return Buffer.concat([bytes, Buffer.from([byte])]);
    if (damage === 'changed') bytes[at] = byte;
    return bytes;
  });

describe('audio found without parsing', () => {
  test('is what parsing finds, whatever the message looks like and wherever it lies', () => {
    fc.assert(
      fc.property(
        damaged,
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        (bytes, before, after) => {
          const buffer = Buffer.concat([before, bytes, after]);
          const found = messages.read(buffer, before.length, before.length + bytes.length);
          expect(found).toEqual(parseCallerMessage(bytes.toString()));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test.each([
    [
      'Crosstalk',
      `{"kind":"AudioData","audioData":{"timestamp":"2026-01-01T00:00:00.000Z","participantRawID":"8:acs:caller-00000001","data":"${data}","silent":false}}`,
    ],
    ['compact, nothing but the audio', `{"kind":"AudioData","audioData":{"data":"${data}"}}`],
    ['spaced', `{"kind": "AudioData", "audioData": {"data": "${data}", "silent": true}}`],
    [
      'capitals, nulls',
      `{"Kind":"AudioData","AudioData":{"Data":"${data}","Timestamp":null},"StopAudio":null}`,
    ],
    ['kind last', `{"audioData":{"data":"${data}"},"kind":"AudioData"}\n`],
    ['nothing in it', '{"kind":"AudioData","audioData":{"data":""}}'],
  ])('the usual shapes are found: %s', (_name, text) => {
    const audio = new AudioMessage();
    expect(audio.find(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(true);
    expect(read(text)).toEqual(parseCallerMessage(text));
  });

  test('one odd member anywhere in a usual message changes nothing', () => {
    const odd = [
      ...['"kind":"Other"', '"Kind":"AudioData"', '"KIND":7', '"\u212aind":"Other"', '"kind\u0000":"x"'],
      ...['"audioData":{"data":"AAAA"}', '"AudioData":{"data":"AAAA"}', '"AUDIODATA":null', '"audioData":7'],
      ...['"data":"AAAA"', '"Data":"AAAA"', '"DATA":7', '"d\\u0061ta":"AAAA"'],
      ...['"silent":true', '"Silent":true', '"SILENT":false', '"silent":"true"', '"\u017filent":true'],
      ...[
        '"x":"\\n"',
        '"x":"\n"',
        '"x":1',
        '"x":{}',
        '"x":["}"]',
        '"x":nul',
        '"x"',
        'x:1',
        '',
        '"é":"é"',
        '"x":"',
      ],
    ];
    const members = (names: string[], inner: string): [string[], string[]][] => {
      const [kind = '', audioData = '', dataName = '', silent = ''] = names;
      return [
        [
          [`"${kind}":"AudioData"`, `"${audioData}":{${inner}}`],
          [`"${dataName}":"${data}"`, `"${silent}":false`],
        ],
        [[`"${audioData}":{${inner}}`, `"${kind}":"AudioData"`], [`"${dataName}":"${data}"`]],
      ];
    };
    const inner = '<inner>';
    for (const names of [
      ['kind', 'audioData', 'data', 'silent'],
      ['Kind', 'AudioData', 'Data', 'Silent'],
    ]) {
      for (const [outer, within] of members(names, inner)) {
        const at = (list: string[], place: number, more: string): string =>
          list.toSpliced(place, 0, more).join(',');
        for (const more of odd) {
          const texts = [
            ...[0, 1, 2].map((place) => `{${at(outer, place, more).replace(inner, within.join(','))}}`),
            ...[0, 1, 2].map((place) => `{${outer.join(',').replace(inner, at(within, place, more))}}`),
          ];
          for (const text of texts)
            expect({ text, read: read(text) }).toEqual({ text, read: parseCallerMessage(text) });
        }
      }
    }
  });

  test('samples are right after longer and shorter frames, of odd lengths too', () => {
    for (const bytes of [640, 641, 640, 1280, 640, 0, 641, 2]) {
      const pcm = Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7 + bytes) & 0xff));
      const text = `{"kind":"AudioData","audioData":{"data":"${pcm.toString('base64')}"}}`;
      expect(read(text)).toEqual(parseCallerMessage(text));
    }
  });
});
