import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { violations } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { checkout } from './fixtures/host.ts';
import { NewScenarioPage } from './pages/newScenario.ts';

const fixture = (name: string) => join(checkout, 'test', 'fixtures', 'imports', name);
const scenario = (home: string, file: string) => readFileSync(join(home, 'workspace', file), 'utf8');

test('a scenario begins with a preset, by the keyboard alone', async ({ app, home }) => {
  const begin = new NewScenarioPage(app);
  await begin.openScreen();
  await app.keyboard.press('n');
  await expect(begin.name).toBeFocused();
  await expect(begin.presets).toHaveCount(18);
  await expect(begin.name).toHaveValue('Smoke');
  for (const title of ['Development', 'Staging']) {
    await app.keyboard.press('ArrowDown');
    await expect(begin.name).toHaveValue(title);
  }
  await app.keyboard.press('ControlOrMeta+a');
  await app.keyboard.type('Before: release #7');
  await app.keyboard.press('Enter');
  await expect(begin.dialog).toBeHidden();
  await expect(app.getByRole('heading', { name: 'Before: release #7', level: 1 })).toBeVisible();
  const yaml = scenario(home, 'before-release-7.yaml');
  expect(yaml).toContain('name: "Before: release #7"');
  expect(yaml).toContain(
    'load: { users: 100, spawn_rate: 5, duration: 30m } # five more callers each second',
  );
});

test('presets are chosen with the mouse, and say what they are for', async ({ app }) => {
  const begin = new NewScenarioPage(app);
  await begin.openScreen();
  await app.keyboard.press('n');
  await begin.preset('Spike').click();
  await expect(begin.name).toHaveValue('Spike');
  await expect(begin.preset('Spike')).toContainText('500 users');
  await expect(begin.preset('Breaking point')).toContainText('Rising steps until the thresholds fail');
  expect(await violations(app)).toEqual([]);
  await begin.name.fill('  ');
  await expect(begin.create).toBeDisabled();
  await app.keyboard.press('Escape');
  await expect(begin.dialog).toBeHidden();
});

test('a k6 script becomes a scenario, with what was left out of it', async ({ app, home }) => {
  const begin = new NewScenarioPage(app);
  await begin.openScreen();
  await begin.ask('Import a scenario');
  await begin.file.setInputFiles(fixture('k6-voice.js'));
  await expect(begin.importName).toHaveValue('Imported k6 test');
  await expect(begin.notes('left_out').filter({ hasText: 'oddities' })).toContainText('script’s own');
  await expect(begin.notes('changed').filter({ hasText: 'p(98)<4000' })).toContainText('p99 is the next one');
  await expect(begin.notes('taken').filter({ hasText: 'stages' })).toBeVisible();
  await expect(begin.yaml).toContainText('- { target: 100, duration: 10m }');
  await expect(begin.importDialog).not.toContainText('abc123');
  expect(await violations(app)).toEqual([]);

  await begin.importName.fill('Voice, as by k6');
  await expect(begin.yaml).toContainText('name: Voice, as by k6');
  await begin.createImported.click();
  await expect(app.getByRole('heading', { name: 'Voice, as by k6', level: 1 })).toBeVisible();
  const yaml = scenario(home, 'voice-as-by-k6.yaml');
  expect(yaml).toContain('?token=${secret:TOKEN}');
  expect(yaml).not.toContain('abc123');
});

test('a Locust command line by the keyboard, and what is not understood says so in place', async ({
  app,
  home,
}) => {
  const begin = new NewScenarioPage(app);
  await begin.openScreen();
  await begin.ask('Import a scenario');
  await expect(begin.text).toBeFocused();
  await app.keyboard.type('Dear team');
  await app.keyboard.press('ControlOrMeta+Enter');
  await expect(begin.problem).toContainText('It cannot be told what this is');
  expect(await violations(app)).toEqual([]);

  await begin.text.fill(
    'locust -f l.py -u 40 -r 4 --run-time 90s --host https://voice.contoso.example/stream',
  );
  await app.keyboard.press('ControlOrMeta+Enter');
  await expect(begin.importName).toBeFocused();
  await expect(begin.problem).toBeHidden();
  await expect(begin.notes('changed')).toContainText(['It is wss here']);
  await app.keyboard.press('Enter');
  await expect(app.getByRole('heading', { name: 'Imported Locust test', level: 1 })).toBeVisible();
  expect(scenario(home, 'imported-locust-test.yaml')).toContain(
    'load: { users: 40, spawn_rate: 4, duration: 1m30s } # from -u 40 -r 4 --run-time 90s',
  );
});

test('one can go back to the text, and say what it is', async ({ app }) => {
  const begin = new NewScenarioPage(app);
  await begin.openScreen();
  await begin.ask('Import a scenario');
  await begin.text.fill('TURNS_PER_USER=2');
  await begin.read.click();
  await expect(begin.yaml).toContainText('turns_per_call: 2');
  await begin.importDialog.getByRole('button', { name: 'Back' }).click();
  await expect(begin.text).toHaveValue('TURNS_PER_USER=2');
  await begin.importDialog.getByText('k6', { exact: true }).click();
  await begin.read.click();
  await expect(begin.problem).toContainText('There are no k6 options in this text');
});
