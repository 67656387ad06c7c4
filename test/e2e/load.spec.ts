import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { violations } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { LoadPage } from './pages/load.ts';
import { RunPage } from './pages/run.ts';
import { ScenariosPage } from './pages/scenarios.ts';
import { ThresholdsPage } from './pages/thresholds.ts';

/** The text of the copy that a test works on. */
function savedText(home: string): string {
  const folder = join(home, 'workspace');
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) =>
    /copy.*\.yaml$/i.test(file),
  );
  return name === undefined ? '' : readFileSync(join(folder, name), 'utf8');
}

async function openCopy(app: Page, tab: 'Load' | 'Thresholds'): Promise<ScenariosPage> {
  const scenarios = new ScenariosPage(app);
  await new Frame(app).goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.tab(tab);
  return scenarios;
}

test('a load is shaped by dragging: each drag is one step back, Esc takes none', async ({ app, home }) => {
  const scenarios = await openCopy(app, 'Load');
  const load = new LoadPage(app);
  await load.isShown();
  await expect(load.forecast).toContainText('8 calls');

  await load.executor.selectOption('Ramping users');
  expect(await load.stages()).toEqual(['8 in 2s', '8 in 28s']);
  await expect(load.field('Graceful stop')).toHaveValue('15s');

  await load.hold('Stage 2', -80, -30);
  await load.release();
  await expect.poll(() => load.stages()).not.toEqual(['8 in 2s', '8 in 28s']);
  const dragged = await load.stages();
  expect(dragged[0]).toBe('8 in 2s');
  await load.undo();
  expect(await load.stages()).toEqual(['8 in 2s', '8 in 28s']);

  await load.hold('Stage 2', -80, -30);
  await app.keyboard.press('Escape');
  await load.release();
  expect(await load.stages()).toEqual(['8 in 2s', '8 in 28s']);

  await load.doubleClick(0.5, 0.3);
  await expect(load.rows).toHaveCount(3);
  await expect(load.point('Stage 2')).toBeFocused();
  await app.keyboard.press('Delete');
  await expect(load.rows).toHaveCount(2);

  await load.field('Users of stage 2').fill('50');
  await expect(load.forecast).toContainText('50 calls');
  await load.field('Length of stage 2').fill('soon');
  await expect(load.tab.getByText('the chart shows it as it last was')).toBeVisible();
  await load.field('Length of stage 2').fill('2m');
  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);
  expect(savedText(home)).toMatch(/target: 50, duration: 2m/);
  expect(await violations(app)).toEqual([]);
});

test('a load is shaped by the keyboard alone', async ({ app }) => {
  await openCopy(app, 'Load');
  const load = new LoadPage(app);
  await load.isShown();
  await load.executor.focus();
  await app.keyboard.type('Ramping u');
  await expect(load.rows).toHaveCount(2);

  await load.point('Stage 2').focus();
  await app.keyboard.press('ArrowUp');
  await app.keyboard.press('ArrowRight');
  expect(await load.stages()).toEqual(['8 in 2s', '9 in 29s']);
  await expect(load.point('Stage 2')).toBeFocused();

  await load.add.focus();
  await app.keyboard.press('Enter');
  await expect(load.field('Users of stage 3')).toBeFocused();
  await app.keyboard.press('ControlOrMeta+a');
  await app.keyboard.type('0');
  await app.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => load.stages()).toEqual(['8 in 2s', '0 in 29s', '9 in 29s']);
  await expect(load.field('Users of stage 2')).toBeFocused();
  await app.keyboard.press('ArrowDown');
  await expect(load.field('Users of stage 3')).toBeFocused();
});

test('thresholds are added, changed, moved and narrowed, and each reads as a sentence', async ({
  app,
  home,
}) => {
  const scenarios = await openCopy(app, 'Thresholds');
  const thresholds = new ThresholdsPage(app);
  await expect(thresholds.tab).toBeVisible();
  for (let left = await thresholds.rows.count(); left > 0; left--) {
    await thresholds.button('Remove', 1).click();
    await expect(thresholds.rows).toHaveCount(left - 1);
  }
  await expect(thresholds.tab.getByText('No thresholds')).toBeVisible();
  expect(await violations(app)).toEqual([]);

  await thresholds.addDefaults.focus();
  await app.keyboard.press('Enter');
  await expect(thresholds.rows).toHaveCount(5);
  expect((await thresholds.sentences())[0]).toBe('ttfa p95 below 2 s, up to 3 s acceptable');
  await expect(thresholds.addDefaults).toHaveCount(0);

  await thresholds.field('Metric', 1).selectOption('Turn success');
  await expect(thresholds.field('Statistic', 1)).toBeDisabled();
  expect((await thresholds.sentences())[0]).toBe('turn success above 95 %, down to 90 % acceptable');
  await thresholds.field('Metric', 1).selectOption('Time to first audio');
  await thresholds.field('Statistic', 1).selectOption('p99');

  await thresholds.button('More of', 2).focus();
  await app.keyboard.press('Enter');
  await thresholds.details.getByLabel('Turn', { exact: true }).fill('2');
  await thresholds.details.getByLabel('After', { exact: true }).fill('30s');
  await thresholds.details.getByLabel('Stop the run when it fails').check();
  expect((await thresholds.sentences())[1]).toBe(
    'barge-in p95 below 500 ms, up to 1 s acceptable, only turn 2, after 30 s; stops the run',
  );
  await thresholds.field('Target', 2).focus();
  await app.keyboard.press('Alt+ArrowUp');
  await expect(thresholds.field('Target', 1)).toBeFocused();
  await expect(thresholds.field('Target', 1)).toHaveValue('500ms');
  await thresholds.field('Target', 1).fill('2s');
  await expect(thresholds.rows.first()).toContainText('must be at least the target');
  await thresholds.field('Target', 1).fill('600ms');
  expect(await violations(app)).toEqual([]);

  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);
  const text = savedText(home);
  expect(text).toMatch(/metric: barge_in[\s\S]*600ms[\s\S]*turn: 2[\s\S]*metric: ttfa[\s\S]*p99/);
  // One row a line, as a person would write it.
  expect(text.match(/^ +- .*metric:/gm)).toHaveLength(5);
});

const search = `version: 1
name: Little search
environment: practice
users:
  - kind: voice
    conversations:
      - name: quick
        turns:
          - say: Hi there, I have a quick question
load: { executor: breaking-point, steps: [1, 2], hold: 4s, spawn_rate: 5, resolution: 1, graceful_stop: 2s }
thresholds:
  - { metric: ttfa, stat: p95, target: 2s, acceptable: 3s }
`;

test('a search for the breaking point is watched and read', async ({ app, home }) => {
  test.setTimeout(120_000);
  const scenarios = new ScenariosPage(app);
  const run = new RunPage(app);
  writeFileSync(join(home, 'workspace', 'little.yaml'), search);
  await new Frame(app).goTo('Scenarios');
  await scenarios.open('Little search');
  await app.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(app.getByTestId('breaking-point')).toBeVisible({ timeout: 30_000 });
  await expect(app.getByTestId('step-row').first()).toBeVisible({ timeout: 30_000 });
  await expect(app.getByTestId('users-control')).toBeDisabled();
  await expect(run.verdict).toHaveText(/Passed|Warning|Failed/, { timeout: 80_000 });
  // What it finds depends on this machine; that it says so does not.
  await expect(app.getByTestId('breaking-point')).toHaveAttribute(
    'data-state',
    /^(held|found|machine|none)$/,
  );
  await run.show('Scenario');
  await expect(app.getByTestId('run-command-line')).toContainText('crosstalk run');
});
