import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Result } from '#contract/errors';
import { bundledScenarios, practiceScenario, readScenario } from '../library.ts';
import { validateScenario } from '../validate.ts';
import { createScenarioFiles, type ScenarioFiles } from './scenarioFiles.ts';

let workspace = '';
let files: ScenarioFiles;
let changed: (string | null)[] = [];
let moved: string[][] = [];
beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'crosstalk-files-')));
  changed = [];
  moved = [];
  files = createScenarioFiles({
    workspace: () => workspace,
    onChange: (path) => changed.push(path),
    onMoved: (from, to) => moved.push([from, to]),
    begun: (_folder, yaml) => Promise.resolve(yaml),
  });
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const text = `# Ours.
version: 1
name: "Night shift" # the one of ticket 12
users:
  - {kind: voice,   conversations: [{name: a, turns: [{clip: ./hello.wav},{say: 'hi'}]}]}
load: { users: 1, duration: 3s }
`;

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function error(result: Result<unknown>): string {
  return result.ok ? 'no error' : `${result.error.kind} ${result.error.code}: ${result.error.message}`;
}

const readable = (path: string) => readFile(path, 'utf8');
const visible = async () => (await readdir(workspace)).filter((name) => !name.startsWith('.')).sort();

async function put(name: string, yaml = text): Promise<{ path: string; revision: string }> {
  const path = join(workspace, name);
  await writeFile(path, yaml);
  return { path, revision: value(await readScenario(path, workspace)).revision };
}

describe('creating', () => {
  test('a file is named after its scenario, and the scenario as it was asked for', async () => {
    const made = value(await files.create({ name: ' Früh: 1. Versuch ', yaml: text }));
    expect(basename(made.path)).toBe('fruh-1-versuch.yaml');
    expect(await readable(made.path)).toBe(text.replace('"Night shift"', '"Früh: 1. Versuch"'));
    expect(value(await readScenario(made.path, workspace)).revision).toBe(made.revision);
    expect(changed).toEqual([made.path]);
  });

  test('never over another', async () => {
    const first = value(await files.create({ name: 'Night', yaml: text }));
    const second = value(await files.create({ name: 'night!', yaml: text }));
    expect([first, second].map(({ path }) => basename(path))).toEqual(['night.yaml', 'night-2.yaml']);
    const many = await Promise.all([1, 2, 3].map(() => files.create({ name: 'Night', yaml: text })));
    expect(new Set(many.map((made) => value(made).path)).size).toBe(3);
  });

  test('without a name the one in the text counts; a text that is no scenario is kept as it is', async () => {
    expect(basename(value(await files.create({ name: '', yaml: text })).path)).toBe('night-shift.yaml');
    const broken = value(await files.create({ name: 'Draft', yaml: 'users: [' }));
    expect(await readable(broken.path)).toBe('users: [');
  });

  test('a workspace that is gone comes back; what is too large does not come at all', async () => {
    await rm(workspace, { recursive: true });
    expect(await files.create({ name: 'x', yaml: text })).toMatchObject({ ok: true });
    expect(error(await files.create({ name: 'y', yaml: 'a'.repeat(1024 * 1024 + 1) }))).toContain('1 MB');
    expect(await visible()).toEqual(['x.yaml']);
  });
});

describe('saving', () => {
  test('the text is written as it is given, with the rights and behind the link it had', async () => {
    const { path, revision } = await put('a.yaml');
    await chmod(path, 0o640);
    await symlink(path, join(workspace, 'link.yaml'));
    const edited = `${text}# and a comment\n`;
    const saved = value(await files.save({ path: join(workspace, 'link.yaml'), yaml: edited, revision }));
    expect(await readable(path)).toBe(edited);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(value(await readScenario(path, workspace)).revision).toBe(saved.revision);
    expect(await visible()).toEqual(['a.yaml', 'link.yaml']);
  });

  test('the line ends of the file stay what they are', async () => {
    const { path, revision } = await put('a.yaml', text.replaceAll('\n', '\r\n'));
    const saved = value(await files.save({ path, yaml: `${text}seed: 7\n`, revision }));
    expect(await readable(path)).toBe(`${text}seed: 7\n`.replaceAll('\n', '\r\n'));
    // What was returned is the revision of what lies there now.
    expect(await files.save({ path, yaml: text, revision: saved.revision })).toMatchObject({ ok: true });
  });

  test('what somebody else wrote is not lost', async () => {
    const { path, revision } = await put('a.yaml');
    await writeFile(path, `${text}seed: 1\n`);
    const refused = await files.save({ path, yaml: `${text}seed: 2\n`, revision });
    expect(error(refused)).toBe(
      'conflict scenario_changed: a.yaml was changed on disk since it was opened; load it again, or save over it.',
    );
    expect(await readable(path)).toContain('seed: 1');
    expect(changed).toEqual([]);
    // The very same text is no conflict, and asking for it writes over it.
    expect(await files.save({ path, yaml: `${text}seed: 1\n`, revision })).toMatchObject({ ok: true });
    expect(await files.save({ path, yaml: `${text}seed: 2\n`, revision: null })).toMatchObject({ ok: true });
    expect(await readable(path)).toContain('seed: 2');
  });

  test('a file that was removed meanwhile is told, and written again when that is asked for', async () => {
    const { path, revision } = await put('a.yaml');
    await rm(path);
    expect(error(await files.save({ path, yaml: text, revision }))).toContain(
      'conflict scenario_changed: a.yaml was removed or renamed on disk',
    );
    expect(await visible()).toEqual([]);
    expect(await files.save({ path, yaml: text, revision: null })).toMatchObject({ ok: true });
    expect(await readable(path)).toBe(text);
  });

  test('bundled scenarios and files elsewhere are not written', async () => {
    const bundled = practiceScenario();
    const before = await readable(bundled);
    expect(error(await files.save({ path: bundled, yaml: text, revision: null }))).toBe(
      'refused bundled_scenario: practice.yaml comes with Crosstalk and is not changed; duplicate it and edit the copy.',
    );
    expect(error(await files.remove(bundled))).toContain('refused bundled_scenario');
    expect(error(await files.rename({ path: bundled, name: 'x' }))).toContain('refused bundled_scenario');
    expect(await readable(bundled)).toBe(before);
    const outside = [
      join(workspace, '..', 'a.yaml'),
      `${workspace}/../a.yaml`,
      `${workspace}/x/../a.yaml`,
      join(workspace, 'deeper', 'a.yaml'),
      join(workspace, '.hidden.yaml'),
      join(workspace, 'notes.txt'),
      'a.yaml',
      '/etc/passwd',
    ];
    for (const path of outside)
      expect(error(await files.save({ path, yaml: text, revision: null }))).toContain(
        'not_found unknown_scenario',
      );
  });
});

describe('renaming', () => {
  test('the name changes in the text, to the letter nothing else, and the file moves', async () => {
    const { path } = await put('night.yml');
    const renamed = value(await files.rename({ path, name: 'Day: shift' }));
    expect(basename(renamed.path)).toBe('day-shift.yml');
    expect(await readable(renamed.path)).toBe(text.replace('"Night shift"', '"Day: shift"'));
    expect(value(await readScenario(renamed.path, workspace)).revision).toBe(renamed.revision);
    expect(await visible()).toEqual(['day-shift.yml']);
    expect([changed, moved]).toEqual([[null], [[path, renamed.path]]]);
  });

  test('a name whose file is called so already only changes the text', async () => {
    const { path } = await put('Night-2.yaml');
    expect(value(await files.rename({ path, name: 'night' })).path).toBe(path);
    expect([changed, moved]).toEqual([[path], []]);
  });

  test('a name that another file has gets a number; Windows line ends stay', async () => {
    await put('day.yaml');
    const { path } = await put('night.yaml', text.replaceAll('\n', '\r\n'));
    const renamed = value(await files.rename({ path, name: 'Day' }));
    expect(basename(renamed.path)).toBe('day-2.yaml');
    expect(await readable(renamed.path)).toBe(text.replace('"Night shift"', 'Day').replaceAll('\n', '\r\n'));
  });

  test.each([
    [
      'without a name',
      'version: 1 # one\nload: { users: 1, duration: 3s }\n',
      'version: 1 # one\nname: Day\nload: { users: 1, duration: 3s }\n',
    ],
    [
      'over several lines',
      'version: 1\nname: |\n  Night\n# c\nseed: 1\n',
      'version: 1\nname: Day\n# c\nseed: 1\n',
    ],
    ['behind an alias', 'version: 1\nseed: &n 1\nname: *n\n', 'version: 1\nseed: &n 1\nname: Day\n'],
    ['in brackets', '{ version: 1, name: Night }\n', '{ version: 1, name: Day }\n'],
  ])('a scenario %s', async (_what, before, after) => {
    const { path } = await put('night.yaml', before);
    const renamed = value(await files.rename({ path, name: 'Day' }));
    expect(await readable(renamed.path)).toBe(after);
  });

  test('what is not YAML says so, and stays where it is', async () => {
    const { path } = await put('a.yaml', 'name: [\n');
    expect(error(await files.rename({ path, name: 'Day' }))).toContain('invalid_input invalid_scenario');
    expect(await visible()).toEqual(['a.yaml']);
    expect(error(await files.rename({ path: join(workspace, 'b.yaml'), name: 'Day' }))).toContain(
      'not_found',
    );
  });
});

describe('copying', () => {
  test('in the workspace: another name, the same paths', async () => {
    const { path } = await put('night.yaml');
    const copies = [];
    for (let i = 0; i < 3; i++) copies.push(value(await files.duplicate(path)).path);
    expect(copies.map((copy) => basename(copy))).toEqual([
      'night-shift-copy.yaml',
      'night-shift-copy-2.yaml',
      'night-shift-copy-3.yaml',
    ]);
    expect(await readable(copies[0] ?? '')).toBe(text.replace('"Night shift"', 'Night shift (copy)'));
    expect(await readable(copies[2] ?? '')).toContain('name: Night shift (copy 3)');
  });

  test('a bundled one: it says the same from where it lies now', async () => {
    const copied = value(await files.duplicate(practiceScenario()));
    const mine = value(await validateScenario(copied.path));
    const theirs = value(await validateScenario(practiceScenario()));
    expect(mine.problems).toEqual([]);
    expect(mine.file).toEqual({ ...theirs.file, name: 'Practice run (copy)' });
    expect(await readable(copied.path)).toContain('# Half of the callers do not let the agent finish');
  });

  test('a broken one is copied as it is; what is not listed is not', async () => {
    const { path } = await put('a.yaml', 'name: [\n');
    expect(await readable(value(await files.duplicate(path)).path)).toBe('name: [\n');
    expect(error(await files.duplicate('/etc/passwd'))).toContain('not_found');
    expect(error(await files.duplicate(join(bundledScenarios(), 'none.yaml')))).toContain('not_found');
  });
});

describe('removing', () => {
  test('goes to the trash and comes back', async () => {
    const { path } = await put('night.yaml');
    const { undo } = value(await files.remove(path));
    expect(await visible()).toEqual([]);
    expect(value(await files.restore(undo))).toEqual({ path });
    expect(await readable(path)).toBe(text);
    expect(changed).toEqual([path, path]);
    expect(error(await files.restore(undo))).toContain('not in the trash');
  });

  test('comes back beside what has its name by then', async () => {
    const { path } = await put('night.yaml');
    const { undo } = value(await files.remove(path));
    await put('night.yaml', 'another');
    expect(basename(value(await files.restore(undo)).path)).toBe('night-2.yaml');
    expect(await readable(path)).toBe('another');
  });

  test('only what is there can be removed, and only the trash is emptied', async () => {
    await mkdir(join(workspace, 'deeper'));
    expect(error(await files.remove(join(workspace, 'none.yaml')))).toContain('not_found');
    for (const undo of ['../night.yaml', '..', '', 'night.yaml', '/etc/passwd'])
      expect(error(await files.restore(undo))).toContain('not_found');
  });
});
