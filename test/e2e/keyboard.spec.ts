/** The main paths of the screens whose own specs go them with the mouse, by keyboard alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/app.ts';
import { command, tabTo } from './fixtures/keys.ts';
import { CallPage } from './pages/call.ts';
import { Frame } from './pages/frame.ts';
import { PackPage } from './pages/pack.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';
import { ScenariosPage } from './pages/scenarios.ts';
import { SettingsPage } from './pages/settings.ts';
import { WorkspacePage } from './pages/workspace.ts';

const quick = `version: 1
name: Quick
environment: practice
users:
  - kind: voice
    conversations:
      - { name: hello, turns: [{ say: Hello }] }
    calls_per_user: 1
load: { users: 1, duration: 30s }
`;

test('a run is recorded, read tab by tab, and its call opened', async ({ app, home }) => {
  test.setTimeout(120_000);
  const runs = new RunsPage(app);
  const run = new RunPage(app);
  const call = new CallPage(app);
  writeFileSync(join(home, 'workspace', 'quick.yaml'), quick);
  await tabTo(app, runs.record);
  await app.keyboard.type('Record all');
  await app.keyboard.press('Tab');
  await command(app, 'run quick', /Run Quick\s*$/);
  await expect(run.verdict).toHaveText(/Passed|Finished|No thresholds/i, { timeout: 60_000 });

  const tab = (name: string) => app.getByRole('tab', { name });
  await tabTo(app, tab('Overview'));
  for (const name of ['Turns', 'Calls', 'Errors', 'Scenario']) {
    await app.keyboard.press('ArrowRight');
    await expect(tab(name)).toHaveAttribute('aria-selected', 'true');
    await expect(tab(name)).toBeFocused();
  }
  await app.keyboard.press('ArrowLeft');
  await app.keyboard.press('ArrowLeft');
  await tabTo(app, call.links.first());
  await app.keyboard.press('Enter');
  await tabTo(app, call.timeline);
  await app.keyboard.press(']');
  await expect(call.time).not.toHaveText(/^00:00\.000/);

  await app.keyboard.press('g');
  await app.keyboard.press('r');
  await expect(runs.rows).toHaveCount(1);
  await tabTo(app, runs.rows.getByRole('link').first());
  await app.keyboard.press('Enter');
  await expect(run.verdict).toBeVisible();
});

test('the theme, the folder of the workspace and a pack are chosen', async ({ app, home }) => {
  const settings = new SettingsPage(app);
  const workspace = new WorkspacePage(app);
  const pack = new PackPage(app);
  await app.keyboard.press('ControlOrMeta+,');
  await tabTo(app, settings.theme('System'));
  await app.keyboard.press('ArrowRight');
  await expect.poll(() => new Frame(app).theme()).toBe('dark');

  const other = join(home, 'team');
  mkdirSync(other);
  await command(app, 'switch workspace', 'Switch workspace');
  await tabTo(app, workspace.typed);
  await app.keyboard.type(other);
  await app.keyboard.press('Enter');
  await expect(workspace.dialog).toHaveCount(0);
  await expect(workspace.inStatusBar).toContainText(other);

  await app.keyboard.press('g');
  await app.keyboard.press('s');
  await expect(new ScenariosPage(app).editor).toBeVisible();
  await command(app, 'export pack', 'Export pack');
  await expect(pack.files.first()).toBeVisible();
  await tabTo(app, pack.dialog.getByRole('tab', { name: 'Files' }));
  await app.keyboard.press('ArrowRight');
  await expect(pack.dialog.getByRole('tab', { name: 'Test file' })).toHaveAttribute('aria-selected', 'true');
  await app.keyboard.press('Escape');
  await expect(pack.dialog).toHaveCount(0);
});
