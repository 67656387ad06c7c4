import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { speak } from '../testing.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crosstalk-cli-validate-'));
  await mkdir(join(home, 'environments'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const validate = (...argv: string[]) => speak(['validate', ...argv], { CROSSTALK_HOME: home });

async function environment(name: string, text: string): Promise<string> {
  const path = join(home, 'environments', `${name}.yaml`);
  await writeFile(path, text);
  return path;
}

test('a file in a folder of environments is judged as one', async () => {
  const good = await environment(
    'good',
    'version: 1\nname: good\nurl: ws://127.0.0.1:1/x\nauth: { type: bearer, token: "${secret:T}" }\n',
  );
  expect(await validate(good)).toMatchObject({ code: 0, out: '' });
  const bad = await environment('bad', 'version: 1\nname: bad\nurll: ws://127.0.0.1:1/x\n');
  const told = await validate(good, bad);
  expect(told.code).toBe(2);
  expect(told.out).toContain(`${bad}:3:1: unknown key "urll"; did you mean "url"?`);
});

test('an environment that is not there is said in a sentence', async () => {
  const told = await validate(join(home, 'environments', 'none.yaml'));
  expect(told.code).toBe(2);
  expect(told.out).toContain('There is no ');
});

test('what is likely not meant is said with its line, and the scenario stays valid', async () => {
  const file = join(home, 's.yaml');
  await writeFile(
    file,
    `version: 1
name: x
users:
  - kind: http
    data: [{ name: user, rows: [{ id: 1 }, {}] }]
    steps: [{ get: '/\${user.id}' }]
load: { users: 1, duration: 3s }
`,
  );
  const told = await validate(file);
  expect(told.code).toBe(0);
  expect(told.out).toMatch(/^Warning: .*s\.yaml:6:20: users\[0\]\.steps\[0\]\.get: row 2 of the 2 rows /);
  const json: unknown = JSON.parse((await validate(file, '--json')).out);
  expect(json).toMatchObject([{ valid: true, problems: [], warnings: [{ line: 6 }] }]);
});
