/** Files of every version there has been open, and mean what they meant; those of a newer program are refused in one sentence. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { ConversationFile } from '#contract/audio/conversation';
import { EnvironmentFile, ScenarioFile } from '#contract/scenario/file';
import { parse } from 'yaml';
import { parseConversation } from '#main/conversations/conversationText';
import { checkEnvironment } from '#main/environments/file';
import { openCalibration } from '#main/machine/calibrationFile';
import { folderState } from '#main/packs/occupied';
import { checkScenario } from '#main/scenarios/check';
import { environmentSchema, scenarioSchema } from '#main/scenarios/schema/jsonSchema';
import { isValid } from '#main/scenarios/schema/testing';
import { parseScenarioText } from '#main/scenarios/source';
import { openSettings } from '#main/settings/settings';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'versions');
const read = (name: string) => readFile(join(fixtures, name), 'utf8');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-versions-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Shape and rules of the three kinds of YAML file; certificates that are not there are no business of a format. */
const problemsOf: Record<string, (text: string) => Promise<ScenarioProblem[]> | ScenarioProblem[]> = {
  scenario(text) {
    const parsed = parseScenarioText('a.yaml', text);
    const checked = 'problems' in parsed ? parsed : checkScenario(parsed.source);
    return 'problems' in checked ? checked.problems : [];
  },
  async environment(text) {
    const { problems } = await checkEnvironment(join(folder, 'Staging EU.yaml'), text, 'Staging EU');
    return problems.filter(({ path }) => !path.startsWith('tls'));
  },
  conversation(text) {
    const parsed = parseConversation('a.yaml', text);
    return 'problems' in parsed ? parsed.problems : [];
  },
};
const schemas = { scenario: ScenarioFile, environment: EnvironmentFile, conversation: ConversationFile };

const files = [
  ['scenario-v1', 'scenario'],
  ['loads-v1', 'scenario'],
  ['breaking-point-v1', 'scenario'],
  ['environment-v1', 'environment'],
  ['conversation-v1', 'conversation'],
] as const;

test('every fixture is looked at', async () => {
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.yaml'));
  expect(names.sort()).toEqual(files.map(([name]) => `${name}.yaml`).sort());
});

describe.each(files)('%s', (name, kind) => {
  test('opens, and means what it meant', async () => {
    const text = await read(`${name}.yaml`);
    expect(await problemsOf[kind]?.(text)).toEqual([]);
    const means: unknown = JSON.parse(await read(`${name}.means.json`));
    // What was added to a format since may stand beside it.
    expect(schemas[kind].parse(parse(text))).toMatchObject(means as object);
  });

  test('of a newer version is refused in one sentence, whatever else it holds', async () => {
    const text = (await read(`${name}.yaml`)).replace('version: 1', 'version: 2').concat('a_new_key: 1\n');
    const problems = await problemsOf[kind]?.(text);
    expect(problems?.map(({ message }) => message)).toEqual([
      `this is version 2 of the ${kind} format and this program reads version 1; open it with a newer Crosstalk`,
    ]);
    const lines = text.split('\n');
    expect(lines[(problems?.[0]?.line ?? 0) - 1]).toContain('version: 2');
  });

  test.skipIf(kind === 'conversation')('is what its published schema allows', async () => {
    const schema = kind === 'environment' ? environmentSchema() : scenarioSchema();
    const text = await read(`${name}.yaml`);
    expect(isValid(parse(text), schema)).toBe(true);
    expect(isValid(parse(text.replace('version: 1', 'version: 2')), schema)).toBe(false);
  });
});

test('settings, the calibration and packs of version 1 are taken as they are', async () => {
  const settings = join(folder, 'settings.json');
  await writeFile(settings, await read('settings-v1.json'));
  const opened = openSettings(settings);
  expect(opened.notice).toBeNull();
  expect(opened.get()).toMatchObject(JSON.parse(await read('settings-v1.json')) as object);

  const calibration = join(folder, 'calibration.json');
  await writeFile(calibration, await read('calibration-v1.json'));
  expect(openCalibration(calibration)).toMatchObject({ notice: null });
  expect(openCalibration(calibration).get()).toMatchObject({ calls: 675, endedBy: 'generator' });

  const pack = await mkdtemp(join(folder, 'pack-'));
  await writeFile(join(pack, 'pack.json'), await read('pack-v1.json'));
  expect(await folderState(pack)).toEqual({ ok: true, value: 'ours' });
});

test('settings of a newer version are put aside, not lost', async () => {
  const settings = join(folder, 'settings.json');
  const newer = (await read('settings-v1.json')).replace('"version": 1', '"version": 2');
  await writeFile(settings, newer);
  expect(openSettings(settings).notice).toContain('the file was put aside');
  const [aside] = (await readdir(folder)).filter((name) => name.includes('invalid'));
  expect(await readFile(join(folder, aside ?? ''), 'utf8')).toBe(newer);
});
