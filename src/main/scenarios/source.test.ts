import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkScenario } from './check.ts';
import { formatProblem } from './problems.ts';
import { largestScenarioBytes, locate, parseScenarioText, readScenarioText } from './source.ts';

const head = `version: 1
name: x
users:
  - kind: voice
    conversations:
      - { name: a, turns: [{ say: hi }] }
`;

/** The problems of a text, as the operator reads them. */
function said(text: string): string[] {
  const parsed = parseScenarioText('s.yaml', text);
  const checked = 'problems' in parsed ? parsed : checkScenario(parsed.source);
  return 'problems' in checked ? checked.problems.map(formatProblem) : [];
}

test('a valid text has no problems', () => {
  expect(said(`${head}load: { users: 1, duration: 3s }`)).toEqual([]);
});

describe('YAML that is wrong as YAML', () => {
  test.each([
    ['a key twice', `${head}load: 1\nload: 2`, 's.yaml:8:1: this key stands here twice'],
    ['a tab', `${head}load:\n\tusers: 1`, 's.yaml:8:1: a tab cannot indent YAML; use spaces'],
    ['a second document', `${head}load: {}\n---\na: 1`, 's.yaml:8:1: a scenario file holds one document'],
    ['an open bracket', `${head}load: { users: 1`, 's.yaml:7:17: this is not valid YAML: '],
    [
      'a bracket too many',
      `${head}load: { users: 1 }}`,
      's.yaml:7:19: this does not belong here; look before it for',
    ],
    [
      'a second colon',
      `${head}load: users: 1`,
      's.yaml:7:7: a second ": " on one line; a text with ": " in it stands in quotes',
    ],
    [
      'a list in a line',
      `${head}load: [\n  - hunter2\n  ]`,
      's.yaml:8:3: within { } and [ ] nothing begins with "- "; write [a, b]',
    ],
    [
      'a sign of its own',
      `${head}load: @x`,
      's.yaml:7:7: a text that begins with this sign stands in quotes',
    ],
    ['a tag', `${head}load: !!js/function x`, 's.yaml:7:7: tags (words beginning with "!") are not used'],
    [
      'an alias inside what it names',
      `${head}load: &l [*l]`,
      's.yaml:7:11: "*l" stands inside what "&l" names, so it would have no end',
    ],
    ['an alias of nothing', `${head}load: *nope`, 's.yaml:7:7: nothing is named by "*nope"'],
    ['an empty file', '', 's.yaml:1:1: the file is empty; it begins with "version: 1"'],
    ['only a comment', '# nothing', 's.yaml:1:1: the file is empty'],
    ['a list', '- a', 's.yaml:1:1: this is not a scenario: its top level must be keys and values'],
    ['a picture', '\u0000\u0001PNG', 's.yaml:1:1: '],
  ])('%s', (_what, text, message) => {
    expect(said(text)[0]).toContain(message);
  });

  test('nesting without end is refused', () => {
    expect(said(`${head}load: ${'['.repeat(50_000)}`)[0]).toContain('nested too deeply');
  });

  test('aliases that multiply are refused before they are followed', () => {
    const bomb = ['x0: &x0 [1,1,1,1,1,1,1,1,1,1]'];
    for (let i = 1; i < 9; i++)
      bomb.push(
        `x${i}: &x${i} [${Array(10)
          .fill(`*x${i - 1}`)
          .join(',')}]`,
      );
    expect(said(`${head}${bomb.join('\n')}`)[0]).toContain('multiply to more than');
  });

  test('ordinary aliases are fine', () => {
    const turns = Array(300).fill('{ say: hi, voice: *v }').join(', ');
    const text = `version: 1
name: x
users:
  - { kind: voice, conversations: [{ name: a, voice: &v { provider: offline, name: rms }, turns: [${turns}] }] }
load: { users: 1, duration: 3s }`;
    expect(said(text)).toEqual([]);
  });
});

describe('places', () => {
  test('every problem has its own line, in the order of the file', () => {
    expect(
      said(`version: 0
name: ""
usres: []
users:
  - kind: voice
    conversations:
      - name: a
        turns:
          - say: hi
            clip: hi.wav
          - {}
    timeouts:
      first_byte: 5
      turn: 3 sec
load: { users: 0, duration: 3s }
environment: { url: "ftp://x" }
`),
    ).toEqual([
      's.yaml:1:10: version: must be 1, the version of the scenario format this program reads',
      's.yaml:2:7: name: must not be empty',
      's.yaml:3:1: unknown key "usres"; did you mean "users"?',
      's.yaml:9:13: users[0].conversations[0].turns[0]: a turn needs either "say" (words to speak) or "clip" (an audio file), not both',
      's.yaml:11:13: users[0].conversations[0].turns[1]: a turn needs either "say" (words to speak) or "clip" (an audio file), not both',
      's.yaml:13:19: users[0].timeouts.first_byte: 5 is not a duration; write a number with its unit, like 20ms, 5s, 10m or 1h',
      's.yaml:14:13: users[0].timeouts.turn: "3 sec" is not a duration; write a number with its unit, like 20ms, 5s, 10m or 1h',
      's.yaml:15:16: load.users: must be at least 1',
      's.yaml:16:21: environment.url: "ftp://x" must start with ws://, wss://, http://, https://, grpc:// or grpcs://',
    ]);
  });

  test('a value behind an alias is found where it is written', () => {
    const parsed = parseScenarioText('s.yaml', 'a: &x { b: 1 }\nc: *x\n');
    if (!('source' in parsed)) throw new Error('refused');
    expect(locate(parsed.source, ['c', 'b'])).toEqual({ line: 1, column: 12 });
    expect(locate(parsed.source, ['c'], 'b')).toEqual({ line: 1, column: 9 });
    expect(locate(parsed.source, ['a', 'missing', 'more'])).toEqual({ line: 1, column: 1 });
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crosstalk-source-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function refusal(name: string, content: string | Uint8Array | null): Promise<string> {
    const path = join(folder, name);
    if (content !== null) await writeFile(path, content);
    const read = await readScenarioText(path);
    if (read.ok) throw new Error('read');
    expect(read.error.kind).toBe('invalid_input');
    return read.error.message;
  }

  test('a missing file, a folder, bytes that are no text and a file that is too large', async () => {
    expect(await refusal('none.yaml', null)).toBe(`There is no scenario file ${join(folder, 'none.yaml')}.`);
    expect(await refusal('', null)).toContain('is not a file');
    expect(await refusal('b.yaml', new Uint8Array([0xff, 0xfe, 0x00]))).toContain('is not text in UTF-8');
    await writeFile(join(folder, 'l.yaml'), '');
    await truncate(join(folder, 'l.yaml'), largestScenarioBytes + 1);
    expect(await refusal('l.yaml', null)).toContain('at most 1 MB');
  });

  test('a byte order mark is passed over', async () => {
    await writeFile(join(folder, 'bom.yaml'), '\ufeffversion: 1\n');
    const read = await readScenarioText(join(folder, 'bom.yaml'));
    expect(read.ok && read.value).toBe('version: 1\n');
  });
});
