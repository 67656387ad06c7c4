import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { validateScenario } from '../../scenarios/validate.ts';
import { speak } from '../testing.ts';

let home = '';
let chosen = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crosstalk-cli-scenario-'));
  chosen = join(home, 'voice tests');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const crosstalk = (...argv: string[]) => speak(['scenario', ...argv], { CROSSTALK_HOME: home });
const Listed = z.array(z.object({ path: z.string(), name: z.string(), problems: z.array(z.unknown()) }));

async function chooseWorkspace(): Promise<void> {
  await mkdir(chosen);
  await writeFile(join(home, 'settings.json'), JSON.stringify({ version: 1, workspace: chosen }));
}

describe('new', () => {
  test('a preset becomes a file of the workspace that can be run, and is listed', async () => {
    const made = await crosstalk('new', 'smoke');
    expect(made.code).toBe(0);
    const path = made.out.trim();
    expect(path.startsWith(join(home, 'workspace'))).toBe(true);
    const [first] = (await readFile(path, 'utf8')).split('\n');
    expect(first).toBe('# yaml-language-server: $schema=.crosstalk/scenario.schema.json');
    expect(await readFile(join(home, 'workspace', '.crosstalk', 'scenario.schema.json'), 'utf8')).toContain(
      'draft-07',
    );
    expect(await validateScenario(path)).toMatchObject({ ok: true, value: { problems: [] } });
    const listed = Listed.parse(JSON.parse((await crosstalk('list', '--json')).out));
    expect(listed.map((entry) => entry.path)).toContain(path);
    expect((await crosstalk('list')).out).toContain(path);
  });

  test('it goes into the workspace that was chosen, under its own name', async () => {
    await chooseWorkspace();
    const made = await crosstalk('new', 'spike', '--name', 'Black Friday: calls', '--json');
    const written = z.object({ name: z.string(), path: z.string() }).parse(JSON.parse(made.out));
    expect(written).toEqual({ name: 'Black Friday: calls', path: join(chosen, 'black-friday-calls.yaml') });
    expect(await readFile(written.path, 'utf8')).toContain('name: "Black Friday: calls"');
  });

  test('under exactly the name it is told, whatever lies beside it', async () => {
    await writeFile(join(home, 'load.js'), 'export const options = { vus: 2, duration: "5s" };');
    const out = join(home, 'load.yaml');
    expect(await crosstalk('import', join(home, 'load.js'), '--out', out)).toMatchObject({
      code: 0,
      out: `${out}\n`,
    });
    expect(await readFile(out, 'utf8')).toContain('constant-vus');
    const nowhere = await crosstalk('new', 'smoke', '--out', join(home, 'none', 'a.yaml'));
    expect(nowhere).toMatchObject({ code: 1, out: '' });
    expect(nowhere.err).not.toContain('ENOENT');
  });

  test('or where it is told to, but over nothing', async () => {
    const out = join(home, 'mine.yaml');
    expect((await crosstalk('new', 'baseline', '--out', out)).out.trim()).toBe(out);
    const again = await crosstalk('new', 'smoke', '--out', out);
    expect(again).toMatchObject({
      code: 2,
      err: `Error: There is a file ${out} already; name another one, or move it away.\n`,
    });
    expect(await crosstalk('new', 'smoke', '--out', join(home, 'mine.txt'))).toMatchObject({ code: 2 });
    const printed = await crosstalk('new', 'smoke', '--out', '-', '--name', 'Mine');
    expect(printed.out).toContain('name: Mine');
    expect(printed.out).not.toContain('yaml-language-server');
  });

  test('without a preset they are listed, and a wrong one names them', async () => {
    expect((await crosstalk('new')).out).toMatch(/^smoke +5 +45s/m);
    expect(JSON.parse((await crosstalk('new', '--json')).out)).toContainEqual(
      expect.objectContaining({ id: 'spike' }),
    );
    const wrong = await crosstalk('new', 'smok');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('There is no preset "smok"; there is smoke, development');
  });
});

test('the schema of both kinds of file', async () => {
  expect(JSON.parse((await crosstalk('schema')).out)).toMatchObject({ title: 'Crosstalk scenario' });
  expect(JSON.parse((await crosstalk('schema', '--environment')).out)).toMatchObject({
    title: 'Crosstalk environment',
  });
});

describe('import', () => {
  test('what another tool reads becomes a scenario, with notes', async () => {
    const file = join(home, 'load.env');
    await writeFile(file, 'WS_URL=wss://agent.internal/stream\nTURNS_PER_USER=2\nSOMETHING_ELSE=1\n');
    const made = await crosstalk('import', file, '--name', 'Imported');
    expect(made.code).toBe(0);
    expect(basename(made.out.trim())).toBe('imported.yaml');
    expect(made.err).toContain('WS_URL');
    const checked = await validateScenario(made.out.trim());
    expect(checked).toMatchObject({ ok: true, value: { problems: [], file: { name: 'Imported' } } });
    const asJson: unknown = JSON.parse((await crosstalk('import', file, '--out', '-', '--json')).out);
    expect(asJson).toMatchObject({ path: null, kind: 'env', notes: expect.any(Array) as unknown });
  });

  test('what cannot be read or told says so', async () => {
    expect(await crosstalk('import', join(home, 'none'))).toMatchObject({
      code: 2,
      err: `Error: There is no file ${join(home, 'none')}.\n`,
    });
    await writeFile(join(home, 'x'), 'hello');
    expect((await crosstalk('import', join(home, 'x'))).code).toBe(2);
    expect((await crosstalk('import', home)).code).toBe(2);
  });
});

test('every command has a help with examples', async () => {
  for (const name of ['list', 'new', 'schema', 'import']) {
    const help = await crosstalk(name, '--help');
    expect(help).toMatchObject({ code: 0 });
    expect(help.out).toContain('Examples:');
  }
});
