/** The main paths of the screens whose own specs go them with the mouse, by keyboard alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { keepWholeRuns } from './fixtures/history.ts';
import { command, tabTo } from './fixtures/keys.ts';
import { CallPage } from './pages/call.ts';
import { ComparePage } from './pages/compare.ts';
import { Frame } from './pages/frame.ts';
import { PackPage } from './pages/pack.ts';
import { ReviewPage } from './pages/review.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';
import { ScenariosPage } from './pages/scenarios.ts';
import { SettingsPage } from './pages/settings.ts';
import { StartRunPage } from './pages/startRun.ts';
import { WatchPage } from './pages/watch.ts';
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
  for (const name of ['Latency', 'Turns', 'Calls', 'Errors', 'Scenario', 'Report', 'Overview']) {
    await app.keyboard.press('ArrowRight');
    await expect(tab(name)).toHaveAttribute('aria-selected', 'true');
    await expect(tab(name)).toBeFocused();
  }
  for (let i = 0; i < 3; i++) await app.keyboard.press('ArrowRight');
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

test('what is opened over a run gives the keyboard back', async ({ app, home }) => {
  test.setTimeout(120_000);
  await keepWholeRuns(home, 'Before');
  await app.reload();
  await loaded(app);
  const [watch, review] = [new WatchPage(app), new ReviewPage(app)];
  await tabTo(app, new RunsPage(app).link('Before'));
  await app.keyboard.press('Enter');
  await expect(watch.chart('ttfa').locator('canvas')).toBeVisible();

  await test.step('markers', async () => {
    await watch.mark('Deployed 1.4.2');
    await expect(watch.flags.filter({ hasText: 'Deployed 1.4.2' })).toBeVisible();
    await expect(watch.markers).toBeFocused();
    await app.keyboard.press('Enter');
    await expect(watch.markerText).toBeFocused();
    await expectAccessible(app, 'the markers of a run');
    await tabTo(app, watch.removeMarker);
    await app.keyboard.press('Enter');
    await expect(watch.flags).toHaveCount(0);
    await expect(watch.markerText).toBeFocused();
    await app.keyboard.press('Escape');
    await expect(watch.markerText).toHaveCount(0);
    await expect(watch.markers).toBeFocused();
  });

  await test.step('name, note, baseline', async () => {
    await tabTo(app, watch.baseline);
    await app.keyboard.press('Enter');
    await expect(watch.baseline).toHaveAttribute('aria-pressed', 'true');
    await expect(watch.baseline).toBeFocused();
    await tabTo(app, watch.renameButton);
    await app.keyboard.press('Enter');
    await app.keyboard.type('Not this');
    await app.keyboard.press('Escape');
    await expect(watch.renameButton).toBeFocused();
    await expect(app.getByRole('heading', { level: 1 })).toContainText('Before');
    await tabTo(app, watch.notes);
    await app.keyboard.press('Enter');
    await app.keyboard.type('Slow at first');
    await expectAccessible(app, 'the note of a run');
    await app.keyboard.press('Control+Enter');
    await expect(watch.notesBox).toHaveCount(0);
    await expect(watch.notes).toBeFocused();
  });

  await test.step('the menu of a chart', async () => {
    const menu = watch.chart('ttfa').getByTestId('chart-menu');
    await tabTo(app, menu);
    await app.keyboard.press('Enter');
    await expect(app.getByRole('menuitem', { name: 'Save as PNG' })).toBeFocused();
    await app.keyboard.press('ArrowUp');
    await expect(app.getByRole('menuitem', { name: 'Save as CSV' })).toBeFocused();
    await expectAccessible(app, 'the menu of a chart');
    await app.keyboard.press('Escape');
    await expect(app.getByRole('menu')).toHaveCount(0);
    await expect(menu).toBeFocused();
  });

  await test.step('filters and columns of the turns', async () => {
    await app.evaluate(() => (location.hash = '#/runs/Before?tab=turns'));
    await expect(review.turns.first()).toBeVisible();
    await tabTo(app, review.withError);
    await app.keyboard.press('Enter');
    await expect(review.chips).toHaveCount(1);
    await expect(review.turns).toHaveCount(1);
    await tabTo(app, review.chips.first());
    await app.keyboard.press('Enter');
    await expect(review.chips).toHaveCount(0);
    await expect(review.turnSearch).toBeFocused();
    await tabTo(app, review.columns);
    await app.keyboard.press('Enter');
    await expect(review.columnBox).toBeVisible();
    await expectAccessible(app, 'the columns of the turns');
    await app.keyboard.press('Escape');
    await expect(review.columnBox).toHaveCount(0);
    await app.keyboard.press('Enter');
    await app.keyboard.press('Tab');
    await expect(review.columnBox.getByRole('checkbox').first()).toBeFocused();
    await app.keyboard.press('Space');
    await app.keyboard.press('Escape');
    await expect(review.columns).toBeFocused();
    await tabTo(app, review.turns.first().getByRole('link'));
    await app.keyboard.press('Enter');
    await expect(review.notRecorded).toBeVisible();
  });
});

test('runs are chosen, tagged and compared, and dialogs give the keyboard back', async ({ app, home }) => {
  test.setTimeout(120_000);
  await keepWholeRuns(home, 'Before', 'After');
  await app.reload();
  await loaded(app);
  const [runs, compare, start] = [new RunsPage(app), new ComparePage(app), new StartRunPage(app)];

  await test.step('the list of runs', async () => {
    await tabTo(app, runs.importResults);
    await app.keyboard.press('Enter');
    await expect(runs.importDialog).toBeVisible();
    await expectAccessible(app, 'the dialog that imports results');
    await app.keyboard.press('Escape');
    await expect(runs.importDialog).toHaveCount(0);
    await expect(runs.importResults).toBeFocused();

    await tabTo(app, runs.rows.getByRole('link').first());
    await app.keyboard.press('Space');
    await app.keyboard.press('ArrowDown');
    await app.keyboard.press('Space');
    await expect(runs.selection).toContainText('2 chosen');
    const tag = runs.selection.getByRole('button', { name: 'Tag…' });
    await tabTo(app, tag);
    await app.keyboard.press('Enter');
    await app.keyboard.type('no');
    await app.keyboard.press('Escape');
    await expect(tag).toBeFocused();
    await app.keyboard.press('Enter');
    await app.keyboard.type('release');
    await app.keyboard.press('Enter');
    await expect(runs.rows.filter({ hasText: 'release' })).toHaveCount(2);
    await expect(tag).toBeFocused();
    await tabTo(app, runs.selection.getByRole('button', { name: 'Choose none' }));
    await app.keyboard.press('Enter');
    await expect(runs.rows.getByRole('link').first()).toBeFocused();
  });

  await test.step('runs side by side, and trends', async () => {
    await app.keyboard.press('g');
    await app.keyboard.press('c');
    await tabTo(app, compare.pick);
    await app.keyboard.press('Enter');
    await expect(compare.pickerSearch).toBeFocused();
    await app.keyboard.press('Escape');
    await expect(compare.picker).toHaveCount(0);
    await expect(compare.pick).toBeFocused();
    await app.keyboard.press('Enter');
    await app.keyboard.press('ArrowDown');
    await app.keyboard.press('Space');
    await app.keyboard.press('Tab');
    await app.keyboard.press('Space');
    await tabTo(app, compare.comparePicked);
    await app.keyboard.press('Enter');
    await expect(compare.runs).toHaveCount(2);
    await expect(compare.difference('ttfa p95')).toBeVisible();
    await tabTo(app, compare.makeFirst(1));
    const second = await compare.runs.nth(1).getByRole('link').first().innerText();
    await app.keyboard.press('Enter');
    await expect(compare.runs.first()).toContainText(second);
    await tabTo(app, compare.tab('Runs'));
    await app.keyboard.press('ArrowRight');
    await expect(compare.tab('Trends')).toBeFocused();
    await tabTo(app, compare.points.first());
    await app.keyboard.press('Enter');
    await expect(new RunPage(app).verdict).toBeVisible();
  });

  await test.step('a schedule', async () => {
    await start.open('Practice run');
    await tabTo(app, start.more);
    await app.keyboard.press('Enter');
    await expect(start.choice(/^Check/)).toBeVisible();
    await app.keyboard.press('End');
    await expect(start.choice(/Schedule…/)).toBeVisible();
    for (let i = 0; i < 12 && !(await start.isAt(/Schedule…/)); i++) await app.keyboard.press('ArrowUp');
    await app.keyboard.press('Enter');
    const dialog = app.getByTestId('schedule-dialog');
    await expect(dialog.getByLabel('Every day')).toBeFocused();
    await app.keyboard.press('ArrowDown');
    await expect(dialog.getByRole('button', { name: 'Tuesday' })).toBeVisible();
    await expect(dialog.getByTestId('schedule-next')).toBeVisible();
    await expectAccessible(app, 'the dialog of a schedule');
    await app.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(start.more).toBeFocused();
  });
});
