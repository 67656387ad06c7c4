import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import type { ConversationDraft } from '#contract/audio/conversation';
import { formatDuration } from '#contract/quantities';
import { Conversation } from '#contract/scenario/file';
import { parseConversation } from './conversationText.ts';
import { draftOf, sameDraft, settled, wholeDraft } from './draft.ts';
import { must } from './testing.ts';
import { textOfDraft } from './written.ts';

/** Words as people and their programs write them: with everything that means something in YAML. */
const words = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.constantFrom(
      'yes',
      'null',
      '1234',
      '1.0e3',
      '- x',
      '# x',
      'a: b',
      '"quoted"',
      "it's",
      '*alias',
      '&anchor',
      '!tag',
      '%x',
      '@x',
      '`x`',
      '{}',
      '[]',
      '~',
      '<<',
      '---',
      '0x1f',
      'first\nsecond',
      'tab\there',
      'a\n\n\nb',
      'long words '.repeat(18),
      '漢字 😀',
      '\u0007bell',
      '\u2028line',
    ),
  )
  .filter((text) => text.trim() !== '' && !text.includes('${') && text.isWellFormed());

const voice = fc.oneof(
  fc.record({
    provider: fc.constant('offline' as const),
    name: fc.constantFrom('slt', 'rms', 'awb', 'kal16'),
  }),
  fc.record(
    {
      provider: fc.constant('azure' as const),
      name: words,
      style: words,
      rate: fc.constantFrom('+0%', '-12.5%', ''),
    },
    { requiredKeys: ['provider', 'name'], noNullPrototype: true },
  ),
);
const duration = fc.constantFrom('0s', '300ms', '1.5s', '1m30s', '250us', '0.25ms', '2h');
const kept = fc.record(
  {
    barge_in: fc.record(
      { after: duration, probability: fc.double({ min: 0, max: 1, noNaN: true }), say: words },
      { requiredKeys: [], noNullPrototype: true },
    ),
    timeouts: fc.record(
      { turn: fc.constantFrom('3s', '1m'), quiet_tail: duration },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const turn = fc
  .record({
    content: fc.oneof(
      words.map((say) => ({ say, clip: null })),
      words.map((clip) => ({ say: null, clip })),
    ),
    name: fc.option(words),
    voice: fc.option(voice),
    pauseBeforeMs: fc.option(
      fc.oneof(fc.integer({ min: 0, max: 1e7 }), fc.double({ min: 0, max: 1e5, noNaN: true })),
    ),
    kept,
  })
  .map(({ content, ...rest }) => ({ key: 'k', ...content, ...rest }));
const anyDraft: fc.Arbitrary<ConversationDraft> = fc.record({
  name: words,
  weight: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0.001, max: 100, noNaN: true })),
  voice,
  turns: fc.array(turn, { minLength: 1, maxLength: 6 }),
});

function read(text: string, files: string[] = []): ConversationDraft {
  const found = parseConversation('x.yaml', text);
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return draftOf(found.parsed.conversation, found.parsed.raw, files);
}

const over = (draft: ConversationDraft, text: string | null, files: string[] = []) =>
  must(textOfDraft(must(wholeDraft(draft)), text === null ? null : { text, files }));

test('a draft in a file is the same draft', () => {
  fc.assert(
    fc.property(anyDraft, (draft) => {
      expect(sameDraft(read(over(draft, null)), draft)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('a draft over another file is the same draft, and a further save changes nothing', () => {
  fc.assert(
    fc.property(anyDraft, anyDraft, (draft, other) => {
      const text = over(draft, over(other, null));
      expect(sameDraft(read(text), draft)).toBe(true);
      expect(over(read(text), text)).toBe(text);
    }),
    { numRuns: 100 },
  );
});

test('turns that are moved, left out, doubled and edited keep what the studio does not know', () => {
  fc.assert(
    fc.property(
      anyDraft,
      fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 8 }),
      words,
      (draft, order, say) => {
        const text = `# at the top\n${over(draft, null)}`;
        const before = read(text);
        const turns = order.flatMap((n) => before.turns[n % before.turns.length] ?? []);
        const first = turns[0];
        if (first) turns[0] = { ...first, say, clip: null };
        const after = over({ ...before, turns }, text);
        expect(sameDraft(read(after), { ...before, turns })).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test('what a file says comes back as it was: the value of a file that is saved with another name differs by it alone', () => {
  fc.assert(
    fc.property(anyDraft, words, (draft, name) => {
      const value: Record<string, unknown> = {
        turns: draft.turns.map(({ say, clip, name: called, voice: by, pauseBeforeMs, kept: rest }) => ({
          ...rest,
          ...(called === null ? {} : { name: called }),
          ...(pauseBeforeMs === null ? {} : { pause_before: formatDuration(Math.round(pauseBeforeMs)) }),
          ...(by === null ? {} : { voice: by }),
          ...(say === null ? { clip } : { say }),
        })),
        name: 'before',
        version: 1,
      };
      const text = JSON.stringify(value, null, 2);
      const opened = read(text);
      const saved: unknown = parseDocument(over({ ...opened, name }, text)).toJS();
      expect(saved).toEqual({ ...value, name: name.trim() });
    }),
    { numRuns: 100 },
  );
});

test('a draft says what the engine will read', () => {
  fc.assert(
    fc.property(anyDraft, (draft) => {
      const whole = settled(draft);
      const { version: _, ...value } = parseDocument(over(draft, null)).toJS() as Record<string, unknown>;
      const conversation = Conversation.parse(value);
      expect(conversation.turns?.map(({ say, clip }) => say ?? clip)).toEqual(
        whole.turns.map(({ say, clip }) => say ?? clip),
      );
      expect(conversation.turns?.map(({ pause_before }) => pause_before ?? null)).toEqual(
        whole.turns.map(({ pauseBeforeMs }) => pauseBeforeMs),
      );
      expect(conversation.voice).toEqual(whole.voice);
    }),
    { numRuns: 100 },
  );
});

test('aliases are kept while they still hold, and written out when they do not', () => {
  const text = [
    'version: 1',
    'name: x',
    'turns:',
    '  - &hello { say: Hello }',
    '  - say: In between',
    '  - *hello',
    '',
  ].join('\n');
  const opened = read(text);
  const [first, second, third] = opened.turns;
  if (!first || !second || !third) throw new Error('three turns are expected');
  const renamed = over({ ...opened, name: 'y' }, text);
  expect(renamed).toContain('*hello');
  for (const turns of [
    [second, third],
    [third, second, first],
    [{ ...first, say: 'Good day' }, second, third],
  ]) {
    const after = over({ ...opened, turns }, text);
    expect(read(after).turns.map(({ say }) => say)).toEqual(turns.map(({ say }) => say));
  }
});

test('a pause keeps its way of being written until it is another pause', () => {
  const text = 'version: 1\nname: x\nturns:\n  - say: a\n    pause_before: 0.5s # half a second\n';
  const opened = read(text);
  const [first] = opened.turns;
  if (!first) throw new Error('a turn is expected');
  expect(over({ ...opened, turns: [{ ...first, say: 'b' }] }, text)).toContain(
    'pause_before: 0.5s # half a second',
  );
  expect(over({ ...opened, turns: [{ ...first, pauseBeforeMs: 750 }] }, text)).toContain(
    'pause_before: 750ms # half a second',
  );
  expect(over({ ...opened, turns: [{ ...first, pauseBeforeMs: null }] }, text)).not.toContain('pause_before');
});
