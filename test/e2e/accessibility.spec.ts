/** Every screen and dialog, dark and light, with nothing yet and with something in it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { AudioPage } from './pages/audio.ts';
import { CallPage } from './pages/call.ts';
import { CheckPage } from './pages/check.ts';
import { ComparePage } from './pages/compare.ts';
import { EnvironmentsPage } from './pages/environments.ts';
import { Frame } from './pages/frame.ts';
import { NewScenarioPage } from './pages/newScenario.ts';
import { PackPage } from './pages/pack.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';
import { ScenariosPage } from './pages/scenarios.ts';
import { StartRunPage } from './pages/startRun.ts';
import { WorkspacePage } from './pages/workspace.ts';

/** One call of one short turn. */
const quick = `version: 1
name: Quick
environment: practice
users:
  - kind: voice
    name: callers
    conversations:
      - name: hello
        turns:
          - say: Hello
            barge_in: { after: 300ms, say: Wait }
load: { users: 1, duration: 1s }
thresholds:
  - { metric: ttfa, stat: p95, target: 2s, acceptable: 3s }
`;
const production = `version: 1
name: production
description: The one that callers reach
url: wss://127.0.0.1:9/a
headers: { x-tenant: west, x-api-key: "\${secret:KEY}" }
tls: { verify: false }
production: { confirm_above: 1 }
`;

function write(home: string, path: string, text: string): void {
  const file = join(home, 'workspace', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

test.beforeEach(() => test.setTimeout(120_000));

test('every screen that has nothing in it yet', async ({ app }) => {
  const frame = new Frame(app);
  await expect(new RunsPage(app).empty).toBeVisible();
  await expectAccessible(app, 'No runs');
  await frame.goTo('Environments');
  const environments = new EnvironmentsPage(app);
  await expect(environments.empty).toBeVisible();
  await expectAccessible(app, 'No environments');
  await environments.showSecrets();
  await expect(environments.empty).toContainText('No secrets');
  await expectAccessible(app, 'No secrets');
  await frame.goTo('Audio');
  await expect(new AudioPage(app).empty).toBeVisible();
  await expectAccessible(app, 'No conversation');
  await app.keyboard.press('g');
  await app.keyboard.press('c');
  const compare = new ComparePage(app);
  await expect(compare.pick).toBeVisible();
  await expectAccessible(app, 'No runs to compare');
  await compare.tab('Trends').click();
  await expect(app.getByRole('heading', { name: 'Trends', level: 1 })).toBeVisible();
  await expect(new RunsPage(app).empty).toBeVisible();
  await expectAccessible(app, 'No trend');
  const check = new CheckPage(app);
  await app.keyboard.press('g');
  await app.keyboard.press('k');
  await check.isShown();
  await expect(app.getByTestId('empty-state')).toBeVisible();
  await expectAccessible(app, 'No check');
  await check.kind('Address').check({ force: true });
  await check.address.fill('ws://127.0.0.1:9/a?token=x');
  await app.keyboard.press('Enter');
  await expect(check.verdict).toBeVisible();
  await expectAccessible(app, 'A failed check');
  await frame.goTo('Settings');
  await expect(app.getByTestId('this-machine')).toContainText('Processor');
  await expectAccessible(app, 'Settings');
  await new WorkspacePage(app).inStatusBar.click();
  await expect(new WorkspacePage(app).contents).toBeVisible();
  await expectAccessible(app, 'The dialog of the workspace');
  await app.keyboard.press('Escape');
  await app.keyboard.press('ControlOrMeta+k');
  await expect(frame.palette).toBeVisible();
  await expectAccessible(app, 'The command palette');
});

test('a scenario in each tab of its editor, its dialogs, and what it is aimed at', async ({ app, home }) => {
  const frame = new Frame(app);
  const scenarios = new ScenariosPage(app);
  write(home, 'quick.yaml', quick);
  write(home, 'environments/production.yaml', production);
  await frame.goTo('Scenarios');
  await scenarios.open('Practice run');
  await expectAccessible(app, 'A scenario to read');
  await scenarios.open('Quick');
  for (const tab of ['General', 'Conversations', 'Load', 'Thresholds', 'YAML'] as const) {
    await scenarios.tab(tab);
    await expectAccessible(app, `The editor: ${tab}`);
  }
  await scenarios.tab('General');
  await scenarios.field('Seed').fill('many');
  await expect(scenarios.problems).toBeVisible();
  await expectAccessible(app, 'A scenario with a problem');
  await scenarios.field('Seed').fill('7');
  await expect(scenarios.problems).toHaveCount(0);
  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);

  const start = new StartRunPage(app);
  await start.openMenu();
  await expect(start.choice(/^Check/)).toBeVisible();
  await expectAccessible(app, 'The Run menu');
  await start.aim('production').click();
  await start.run.click();
  await expect(start.dialog).toBeVisible();
  await expectAccessible(app, 'The dialog before a run');
  await app.keyboard.press('Escape');

  const begin = new NewScenarioPage(app);
  await begin.ask('New scenario');
  await expect(begin.presets.first()).toBeVisible();
  await expectAccessible(app, 'The dialog for a new scenario');
  await app.keyboard.press('Escape');
  await begin.ask('Import a scenario');
  await begin.text.fill('locust -f l.py -u 40 -r 4 --run-time 90s --tags a --host wss://127.0.0.1:9/a');
  await begin.read.click();
  await expect(begin.yaml).toBeVisible();
  await expectAccessible(app, 'The dialog that imports');
  await app.keyboard.press('Escape');
  const pack = new PackPage(app);
  await pack.open('Quick');
  await expect(pack.files.first()).toBeVisible();
  await expectAccessible(app, 'The dialog of a pack');
  await app.keyboard.press('Escape');

  const environments = new EnvironmentsPage(app);
  await frame.goTo('Environments');
  await environments.open('production');
  await expect(environments.unverified).toBeVisible();
  await expectAccessible(app, 'An environment');
  await environments.showSecrets();
  await expect(environments.secret('KEY')).toBeVisible();
  await expectAccessible(app, 'A secret that is missing');
  await environments.secret('KEY').getByRole('button', { name: 'Set KEY' }).click();
  await expect(environments.secretDialog).toBeVisible();
  await expectAccessible(app, 'The dialog of a secret');
  await app.keyboard.press('Escape');

  const studio = new AudioPage(app);
  await frame.goTo('Audio');
  await studio.conversations.filter({ hasText: 'insurance_inquiry' }).first().click();
  await expect(studio.turn(1).state).toHaveAttribute('data-state', 'ready');
  await expectAccessible(app, 'A conversation to read');
  await studio.create.click();
  await studio.turn(1).text.fill('Hello');
  await studio.voice.click();
  await expect(studio.voices).toBeVisible();
  await expectAccessible(app, 'The voices');
  await app.keyboard.press('Escape');
  await studio.turn(1).row.getByTestId('turn-menu').click();
  await expect(app.getByRole('menu')).toBeVisible();
  await expectAccessible(app, 'The menu of a turn');
  await app.keyboard.press('Escape');
  await studio.pick('Discard conversation');
});

test('a run that is over, in each of its tabs, and its recorded call', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  const start = new StartRunPage(app);
  const call = new CallPage(app);
  write(home, 'quick.yaml', quick);
  await new Frame(app).goTo('Scenarios');
  await scenarios.open('Quick');
  await start.openMenu();
  await start.choice(/Run once/).click();
  await expect(call.timeline).toBeVisible({ timeout: 60_000 });
  await expect(call.moments('first_audio').first()).toBeVisible();
  await call.messages.first().click();
  await expect(call.detail).toBeVisible();
  await expectAccessible(app, 'A recorded call');

  const runs = new RunsPage(app);
  const run = new RunPage(app);
  await new Frame(app).goTo('Runs');
  await expect(runs.rows).toHaveCount(1);
  await expectAccessible(app, 'The runs');
  await runs.rows.first().getByRole('link').first().click();
  await expect(run.verdict).toBeVisible();
  for (const tab of ['Overview', 'Latency', 'Turns', 'Calls', 'Errors', 'Scenario', 'Report'] as const) {
    await run.show(tab);
    await expectAccessible(app, `A run: ${tab}`);
  }
});
