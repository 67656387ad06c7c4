import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { practiceScenario } from '../library.ts';
import { checkText, type CheckTextRequest } from './checkText.ts';

let workspace = '';
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-check-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const facts = {
  platform: 'linux',
  cpuModel: 'Test',
  cores: 4,
  openFiles: null,
  ports: null,
  portsInUse: {},
  memoryTotal: 16e9,
  memoryAvailable: 8e9,
};
const check = (request: CheckTextRequest) =>
  checkText(request, { workspace, machine: () => Promise.resolve({ facts, calibration: null }) });

const text = `version: 1
name: x
users:
  - kind: voice
    conversations:
      - name: a
        turns:
          - clip: clips/hello.wav
load: { users: 1, duration: 3s }
`;

async function problems(request: CheckTextRequest): Promise<string[]> {
  const checked = await check(request);
  if (!checked.ok) return [checked.error.code];
  return checked.value.problems.map(
    (p) => `${p.file}:${p.line ?? ''}:${p.column ?? ''} ${p.path}: ${p.message}`,
  );
}

test('a new text is looked at as it would lie in the workspace, and its problems say that it is new', async () => {
  expect(await problems({ path: null, yaml: text })).toEqual([
    `new scenario:8:19 users[0].conversations[0].turns[0].clip: there is no file ${join(workspace, 'clips', 'hello.wav')}`,
  ]);
  expect(await problems({ path: null, yaml: text.replace('users: 1', 'user: 1') })).toContain(
    'new scenario:9:9 load: unknown key "user"; did you mean "users"?',
  );
});

test('what is wrong with clips or environments leaves the forecast; what is wrong with the shape does not', async () => {
  const checked = await check({ path: join(workspace, 'a.yaml'), yaml: text });
  expect(checked).toMatchObject({ ok: true, value: { forecast: { peakCalls: 1, durationMs: 3000 } } });
  const broken = await check({ path: null, yaml: 'name: [' });
  expect(broken).toMatchObject({ ok: true, value: { forecast: null } });
});

test('another environment takes the place of its own', async () => {
  const path = practiceScenario();
  const yaml = await readFile(path, 'utf8');
  expect(await problems({ path, yaml })).toEqual([]);
  const [unknown] = await problems({ path, yaml, environment: 'staging' });
  expect(unknown).toContain('there is no environment "staging"');
  await mkdir(join(workspace, 'environments'));
  const environment = 'version: 1\nname: staging\nurl: wss://staging.internal/x\n';
  await writeFile(join(workspace, 'environments', 'staging.yaml'), environment);
  expect(await problems({ path, yaml, environment: 'staging' })).toEqual([]);
});

test('files elsewhere are none of its business, and what is too large is not parsed', async () => {
  for (const path of ['/etc/passwd', join(workspace, '..', 'a.yaml'), join(workspace, 'a.txt'), 'a.yaml'])
    expect(await problems({ path, yaml: text })).toEqual(['unknown_scenario']);
  expect(await problems({ path: null, yaml: `# ${'x'.repeat(1024 * 1024)}` })).toEqual([
    'new scenario:: : this has more than 1 MB, the most a scenario may have',
  ]);
});

test('fields that rows of data lack are told while a scenario is written', async () => {
  await writeFile(join(workspace, 'users.csv'), 'name,email\nada,a@h.test\n');
  const yaml = `version: 1
name: x
users:
  - kind: http
    data:
      - { name: user, file: users.csv }
      - { name: row, rows: [{ a: 1 }, { b: 2 }] }
    steps:
      - get: /\${user.emial}/\${row.a}
load: { users: 1, duration: 3s }
`;
  const checked = await check({ path: null, yaml });
  expect(checked).toMatchObject({
    ok: true,
    value: {
      problems: [
        {
          line: 9,
          column: 14,
          message: 'the rows of user (users.csv) have no field "emial"; did you mean "email"?',
        },
      ],
      warnings: [
        {
          file: 'new scenario',
          line: 9,
          message: 'row 2 of the 2 rows of row has no field "a": requests that are filled in from it fail',
        },
      ],
    },
  });
});
