import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAt } from '#contract/scenario/shape';
import { editPlain, isPlainMap, type PlainEdit } from './plain.ts';
import { type DocumentPath, YamlDocument } from './yamlDocument.svelte.ts';

const scenario = `# The practice run.
version: 1
name: 'Practice run'   # shown in lists
environment: practice
seed:    7 # drives every random choice

users:
  - kind: voice
    name: callers
    conversations:
      # The long one.
      - name: insurance_inquiry
        weight: 2
        turns:
          - say: "Hello, my name is Alice"
          - say: I'm calling about my policy
            # Half of the callers do not let the agent finish.
            barge_in: { after: 600ms, probability: 0.5 }   # rude
          - clip: ./thanks.wav
      # The short one.
      - name: quick_question # hurried
        turns:
          - say: Hi there
    turns_per_call: 3 # at most
    timeouts: {turn: 12s,  quiet_gap: 400ms}

load: { users: 8, spawn_rate: 4, duration: 30s }

thresholds:
  - { metric: ttfa, stat: p95, target: 2s }   # fast
  - { metric: barge_in, stat: p95, target: 500ms }
# The end.
`;

function edited(text: string, change: (document: YamlDocument) => void): string {
  const document = new YamlDocument(text);
  change(document);
  return document.text;
}

/** Lines that differ, as `-` and `+`. */
function difference(before: string, after: string): string[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
  ];
}

describe('edits of a value', () => {
  it.each<[string, (document: YamlDocument) => void, string[]]>([
    [
      'a quoted word keeps its quotes and comment',
      (d) => d.set(['name'], 'Another'),
      ["-name: 'Practice run'   # shown in lists", "+name: 'Another'   # shown in lists"],
    ],
    [
      'a number keeps its spacing',
      (d) => d.set(['seed'], 42),
      ['-seed:    7 # drives every random choice', '+seed:    42 # drives every random choice'],
    ],
    [
      'in a flow map',
      (d) => d.set(['users', 0, 'timeouts', 'quiet_gap'], '1s'),
      ['-    timeouts: {turn: 12s,  quiet_gap: 400ms}', '+    timeouts: {turn: 12s,  quiet_gap: 1s}'],
    ],
    [
      'a new key of a flow map',
      (d) => d.set(['users', 0, 'timeouts', 'connect'], '1s'),
      [
        '-    timeouts: {turn: 12s,  quiet_gap: 400ms}',
        '+    timeouts: {turn: 12s,  quiet_gap: 400ms, connect: 1s}',
      ],
    ],
    [
      'a key leaves a flow map',
      (d) => d.remove(['users', 0, 'timeouts', 'turn']),
      ['-    timeouts: {turn: 12s,  quiet_gap: 400ms}', '+    timeouts: {quiet_gap: 400ms}'],
    ],
    ['a key leaves its line', (d) => d.remove(['environment']), ['-environment: practice']],
    [
      'the first key of a list entry leaves',
      (d) => d.remove(['users', 0, 'kind']),
      ['-  - kind: voice', '-    name: callers', '+  - name: callers'],
    ],
    [
      'an entry leaves a list',
      (d) => d.remove(['thresholds', 1]),
      ['-  - { metric: barge_in, stat: p95, target: 500ms }'],
    ],
    [
      'a new entry is written as the others',
      (d) => d.insert(['thresholds'], 2, { metric: 'ttfa', stat: 'p99', target: '3s' }),
      ['+  - { metric: ttfa, stat: p99, target: 3s }'],
    ],
    [
      'a new turn',
      (d) => d.insert(['users', 0, 'conversations', 0, 'turns'], 1, { say: 'Well: yes' }),
      ['+          - say: "Well: yes"'],
    ],
    [
      'a conversation moves with the comment above it',
      (d) => d.move(['users', 0, 'conversations'], 1, 0),
      difference(
        scenario,
        scenario.replace(
          /( {6}# The long one[^]*?)( {6}# The short one[^]*?)( {4}turns_per_call)/,
          (_all, long: string, short: string, rest: string) => short + long + rest,
        ),
      ),
    ],
    [
      'a key that is not there yet',
      (d) => d.set(['users', 0, 'greeting'], 'ignore'),
      ['+    greeting: ignore'],
    ],
    [
      'a map that is not there yet',
      (d) => d.set(['users', 0, 'reconnect', 'attempts'], 5),
      ['+    reconnect: { attempts: 5 }'],
    ],
    [
      'over a map only what differs changes',
      (d) => d.set(['load'], { users: 8, spawn_rate: 2, duration: '30s' }),
      [
        '-load: { users: 8, spawn_rate: 4, duration: 30s }',
        '+load: { users: 8, spawn_rate: 2, duration: 30s }',
      ],
    ],
  ])('%s', (_name, change, wanted) => {
    expect(difference(scenario, edited(scenario, change))).toEqual(wanted);
  });

  it('empties a field and fills it again where it was', () => {
    const document = new YamlDocument(scenario);
    document.clear(['users', 0, 'turns_per_call']);
    expect(document.at(['users', 0, 'turns_per_call'])).toBeUndefined();
    document.set(['users', 0, 'turns_per_call'], 4);
    expect(difference(scenario, document.text)).toEqual([
      '-    turns_per_call: 3 # at most',
      '+    turns_per_call: 4 # at most',
    ]);
  });

  it('clears the maps that an emptied field leaves with nothing', () => {
    const document = new YamlDocument('a: 1\nb: { c: { d: 1 } }\n');
    document.clear(['b', 'c', 'd']);
    expect(document.text).toBe('a: 1\n');
  });

  it('puts a new key where it belongs', () => {
    const order = () => ['version', 'name', 'seed', 'environment', 'load'];
    const document = new YamlDocument('# top\nname: x # n\n\nload: { users: 1 }\n', order);
    document.set(['seed'], 7);
    document.set(['version'], 1);
    expect(document.text).toBe('# top\nversion: 1\nname: x # n\nseed: 7\n\nload: { users: 1 }\n');
  });

  it('keeps CRLF and a byte order mark', () => {
    const text = '\uFEFFname: x\r\nusers:\r\n  - a: 1 # c\r\n  - a: 2\r\n';
    const after = edited(text, (d) => {
      d.insert(['users'], 1, { a: 3, b: 'two words' });
      d.set(['version'], 1);
      d.move(['users'], 0, 2);
      d.set(['name'], 'y');
    });
    expect(after).toBe(
      '\uFEFFname: y\r\nusers:\r\n  - a: 3\r\n    b: two words\r\n  - a: 2\r\n  - a: 1 # c\r\nversion: 1\r\n',
    );
  });

  it('gives an alias a copy of its own when it is edited', () => {
    const document = new YamlDocument('a: &x { n: 1 } # here\nb: *x\n');
    document.set(['b', 'n'], 2);
    expect(document.value).toEqual({ a: { n: 1 }, b: { n: 2 } });
    expect(document.text).toContain('# here');
    document.remove(['a']);
    expect(document.value).toEqual({ b: { n: 2 } });
  });

  it('edits what an anchor names without changing what shows it', () => {
    const document = new YamlDocument('a: &x 1\nb: *x\n');
    document.set(['a'], 2);
    expect(document.value).toEqual({ a: 2, b: 1 });
  });

  it('writes several lines as such', () => {
    const document = new YamlDocument('a:\n  - say: hi # c\n    b: 1\n');
    document.set(['a', 0, 'say'], 'one\ntwo');
    expect(document.value).toEqual({ a: [{ say: 'one\ntwo', b: 1 }] });
    document.set(['a', 0, 'say'], 'three');
    expect(document.value).toEqual({ a: [{ say: 'three', b: 1 }] });
  });
});

describe('a text that is wrong', () => {
  it('stays readable while it cannot be parsed, and says where', () => {
    const document = new YamlDocument('a: 1\nb: 2\n');
    document.setText('a: 1\nb: [2\n');
    expect(document.value).toBeUndefined();
    expect(document.at(['b'])).toBe(2);
    expect(document.syntaxProblem?.line).toBe(3);
    document.set(['a'], 5);
    expect(document.text).toBe('a: 1\nb: [2\n');
    document.undo();
    expect(document.value).toEqual({ a: 1, b: 2 });
  });

  it.each([
    '',
    '# only a comment',
    '[1, 2]',
    'word',
    'users: [1, x]',
    'users: { a: 1 }',
    'users:',
    '&a [*a]',
    'a: *b',
    '\t- a: b',
    '? [a]\n: b',
  ])('takes %j', (text) => {
    const document = new YamlDocument(text);
    document.set(['users', 0, 'conversations', 0, 'turns', 0, 'say'], 'hi');
    document.insert(['thresholds'], 3, { metric: 'ttfa' });
    document.remove(['users', 7, 'x']);
    document.move(['users'], 0, 4);
    document.clear(['name', 'a', 0]);
    if (document.syntaxProblem === null) {
      expect(document.at(['thresholds', 0, 'metric'])).toBe('ttfa');
      expect(document.at(['users', 0, 'conversations', 0, 'turns', 0, 'say'])).toBe('hi');
    }
    while (document.canUndo) document.undo();
    expect(document.text).toBe(text);
  });
});

describe('the way back', () => {
  it('is one for form and text, and a field that is typed into is one step', () => {
    const document = new YamlDocument('name: a\nseed: 1\n');
    for (const name of ['ab', 'abc', 'abcd']) document.set(['name'], name);
    document.set(['seed'], 2);
    document.type('name: abcd\nseed: 23\n');
    document.type('name: abcd\nseed: 234\n');
    expect(document.changed).toBe(true);
    document.undo();
    expect(document.value).toEqual({ name: 'abcd', seed: 2 });
    document.undo();
    document.undo();
    expect(document.text).toBe('name: a\nseed: 1\n');
    expect(document.changed).toBe(false);
    expect(document.canUndo).toBe(false);
    document.redo();
    document.redo();
    document.redo();
    expect(document.value).toEqual({ name: 'abcd', seed: 234 });
    expect(document.canRedo).toBe(false);
    document.saved(document.text, 'r2');
    expect([document.changed, document.revision]).toEqual([false, 'r2']);
  });

  it('leaves the parts of the value that were not edited as they are', () => {
    const document = new YamlDocument(scenario);
    const before = document.at(['users']);
    document.set(['load', 'users'], 9);
    expect(document.at(['users'])).toBe(before);
  });
});

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'yes',
    '12',
    '- a',
    'a: b',
    '# no comment',
    '"',
    "it's",
    '{',
    '~',
    'two\nlines',
    ' padded ',
    '1e3',
    '',
  ),
);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.oneof(
  fc.constantFrom('name', 'say', 'after', 'x-key', 'a b', '1'),
  fc.stringMatching(/^[a-z_]{1,6}$/),
);
const anyValue = fc.letrec<{ value: unknown; map: unknown; list: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('map'), tie('list')),
  map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  list: fc.array(tie('value'), { maxLength: 4 }),
})).value;

/** An edit somewhere in a value, given by numbers that choose the way. */
interface Choice {
  turns: number[];
  kind: PlainEdit['kind'];
  index: number;
  value: unknown;
  key: string;
}
const choice: fc.Arbitrary<Choice> = fc.record({
  turns: fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
  kind: fc.constantFrom<PlainEdit['kind']>('set', 'set', 'set', 'remove', 'rename', 'insert', 'move'),
  index: fc.nat(5),
  value: fc.oneof(scalar, anyValue),
  key,
});

function pathOf(value: unknown, turns: readonly number[], lists: boolean): DocumentPath | null {
  const path: DocumentPath = [];
  let found: DocumentPath | null = null;
  let at = value;
  for (const turn of turns) {
    if (lists && Array.isArray(at)) found = [...path];
    const keys: (string | number)[] = Array.isArray(at)
      ? [...at.keys()]
      : isPlainMap(at)
        ? Object.keys(at)
        : [];
    const next = keys[turn % Math.max(1, keys.length)];
    if (next === undefined) break;
    path.push(next);
    at = valueAt(at, [next]);
  }
  if (lists) return Array.isArray(at) ? path : found;
  return path.length > 0 ? path : null;
}

function editOf(value: unknown, chosen: Choice): PlainEdit | null {
  const { kind, turns, index, key: name } = chosen;
  if (kind === 'set') {
    const path = pathOf(value, turns, false) ?? [];
    const at = valueAt(value, path);
    const fresh = path.length === 0 || (isPlainMap(at) && index > 2);
    return { kind, path: fresh ? [...path, name] : path, value: chosen.value };
  }
  const path = pathOf(value, turns, kind !== 'remove' && kind !== 'rename');
  if (path === null) return null;
  if (kind === 'remove') return { kind, path };
  if (kind === 'rename') return { kind, path, name };
  if (kind === 'insert') return { kind, path, index, value: chosen.value };
  const list = valueAt(value, path);
  const length = Array.isArray(list) ? list.length : 0;
  return length === 0 ? null : { kind, path, from: index % length, to: (turns[0] ?? 0) % length };
}

function perform(document: YamlDocument, edit: PlainEdit): void {
  if (edit.kind === 'set') document.set(edit.path, edit.value);
  else if (edit.kind === 'remove') document.remove(edit.path);
  else if (edit.kind === 'rename') document.rename(edit.path, edit.name);
  else if (edit.kind === 'insert') document.insert(edit.path, edit.index, edit.value);
  else document.move(edit.path, edit.from, edit.to);
}

function comments(text: string): string[] {
  return [...text.matchAll(/#\d+#/g)].map(([found]) => found).sort();
}

/** The scenario with a numbered comment at the end of most lines and on lines of their own. */
const commented = scenario
  .split('\n')
  .flatMap((line, i) => {
    const bare = line.replace(/\s+#.*$/, '');
    if (bare.trim() === '' || bare.startsWith('#')) return [line];
    const indent = /^ */.exec(bare)?.[0] ?? '';
    return i % 3 === 0 ? [`${indent}# above #${i}0#`, `${bare} # c #${i}#`] : [`${bare}  # c #${i}#`];
  })
  .join('\n');

describe('form → YAML → form', () => {
  it('loses nothing: the value after any edits is that of the same edits on the plain object, and undo restores the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(scenario, commented, scenario.replaceAll('\n', '\r\n')), anyValue),
        fc.array(choice, { minLength: 1, maxLength: 8 }),
        (start, choices) => {
          const document = new YamlDocument(
            typeof start === 'string' ? start : JSON.stringify({ a: start }, null, 2),
          );
          const text = document.text;
          fc.pre(document.syntaxProblem === null && isPlainMap(document.value));
          let plain: unknown = document.value;
          for (const chosen of choices) {
            const edit = editOf(plain, chosen);
            if (!edit) continue;
            plain = editPlain(plain, edit);
            perform(document, edit);
            expect(document.value).toEqual(plain);
            expect(new YamlDocument(document.text).value).toEqual(plain);
          }
          while (document.canUndo) document.undo();
          expect(document.text).toBe(text);
        },
      ),
      { numRuns: 1500 },
    );
  }, 60_000);

  it('keeps every comment when values change, come and move', () => {
    const quiet = choice.map((one): Choice => ({
      ...one,
      kind: one.kind === 'remove' ? 'insert' : one.kind,
    }));
    fc.assert(
      fc.property(fc.array(quiet, { minLength: 1, maxLength: 8 }), (choices) => {
        const document = new YamlDocument(commented);
        const before = comments(commented);
        for (const chosen of choices) {
          const edit = editOf(document.value, chosen);
          if (!edit) continue;
          // A list or map that gives way takes its comments along.
          if (edit.kind === 'set' && typeof valueAt(document.value, edit.path) === 'object') continue;
          perform(document, edit);
        }
        expect(comments(document.text)).toEqual(before);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
