/** A run is watched in two windows, marked and ended; then it is read, named, deleted and brought back. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';
import { WatchPage } from './pages/watch.ts';

/** Two callers who talk for long enough, and a threshold that no agent meets. */
const watched = `version: 1
name: Watched
environment: practice
users:
  - kind: voice
    name: callers
    conversations:
      - name: hello
        turns:
          - say: Hello
          - say: Wait
          - say: Hello again
load: { users: 2, duration: 40s }
thresholds:
  - { metric: ttfa, stat: p95, target: 1ms, acceptable: 2ms }
  - { metric: turn_success, stat: rate, target: 95%, acceptable: 90% }
`;

test('a run is watched in two windows, marked, ended, and read afterwards', async ({
  app,
  home,
  problems,
}) => {
  test.setTimeout(180_000);
  const file = join(home, 'workspace', 'watched.yaml');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, watched);
  const [run, watch] = [new RunPage(app), new WatchPage(app)];
  await new Frame(app).goTo('Scenarios');
  await app.keyboard.press('ControlOrMeta+K');
  await app.keyboard.type('run watched');
  await app.getByRole('option', { name: /Run Watched\s*$/ }).click();

  await expect(run.elapsed).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => watch.points('calls'), { timeout: 30_000 }).toBeGreaterThan(2);
  const soon = await watch.points('calls');
  await expect.poll(() => watch.points('calls'), { timeout: 30_000 }).toBeGreaterThan(soon);
  await expect(watch.breached.first()).toBeVisible({ timeout: 30_000 });

  await watch.mark('Deployed 1.4.2');
  await expect(watch.flags.filter({ hasText: 'Deployed 1.4.2' })).toBeVisible();
  await watch.setUsers(3);
  const other = await app.context().newPage();
  other.on('pageerror', (error) => problems.push(`thrown in the second window: ${error.message}`));
  await other.goto(app.url());
  await loaded(other);
  const second = new WatchPage(other);
  await expect(second.flags.filter({ hasText: 'Deployed 1.4.2' })).toBeVisible();
  await expect(second.flags.filter({ hasText: '3' }).last()).toBeVisible({ timeout: 15_000 });
  await expect.poll(() => second.points('calls')).toBeGreaterThan(2);
  await watch.table('By turn').click();
  await expect(app.getByTestId('breakdown-row').first()).toHaveAttribute('data-key', '1');
  await expectAccessible(app, 'A run that goes on');
  await other.close();

  await run.stop.click();
  await expect(run.verdict).toHaveText(/Failed/, { timeout: 60_000 });
  await expect(watch.breached.first()).toBeVisible();

  await watch.drag('ttfa', 0.2, 0.6);
  await expect(watch.showAll).toBeVisible();
  await watch.charts.focus();
  await app.keyboard.press('ArrowRight');
  await app.keyboard.press('ArrowRight');
  await expect(watch.chart('calls')).toContainText(/at \d\d:\d\d/);
  await app.keyboard.press('0');
  await expect(watch.showAll).toHaveCount(0);
  await watch.fold('Barge-in');
  await expect(watch.chart('barge-in').locator('canvas')).toHaveCount(0);
  await app.reload();
  await loaded(app);
  await expect(watch.chart('barge-in').locator('canvas')).toHaveCount(0);
  await expect(watch.chart('ttfa').locator('canvas')).toBeVisible();

  const download = app.waitForEvent('download');
  await watch.chart('calls').getByTestId('chart-menu').click();
  await app.getByRole('menuitem', { name: 'Save as CSV' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8');
  expect(csv.split('\r\n')[0]).toBe('seconds,asked,active,connecting');
  const picture = app.waitForEvent('download');
  await watch.chart('ttfa').getByTestId('chart-menu').click();
  await app.getByRole('menuitem', { name: 'Save as PNG' }).click();
  const png = readFileSync(await (await picture).path());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(1000);

  await watch.table('By turn').click();
  await app.getByTestId('breakdown-row').first().getByRole('link').click();
  await expect(app).toHaveURL(/tab=turns&turn=1/);
  await run.show('Overview');
});

test('a run is named, starred, noted, deleted and brought back', async ({ app }) => {
  test.setTimeout(120_000);
  const [runs, run, watch] = [new RunsPage(app), new RunPage(app), new WatchPage(app)];
  await runs.practice.click();
  await expect(run.elapsed).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => watch.points('calls'), { timeout: 30_000 }).toBeGreaterThan(1);
  await run.stop.click();
  await expect(run.verdict).toHaveText(/Passed|Warning|Failed/, { timeout: 60_000 });

  await watch.rename('Before the change');
  await expect(app.getByRole('heading', { level: 1 })).toContainText('Before the change');
  await watch.star.click();
  await expect(watch.star).toHaveAttribute('aria-pressed', 'true');
  await watch.write('Slow at first', 'nightly, 1.4.2');
  await expect(app.getByTestId('notes-popover')).toHaveCount(0);
  await app.reload();
  await loaded(app);
  await expect(app.getByRole('heading', { level: 1 })).toContainText('Before the change');
  await expect(app.getByText('nightly, 1.4.2')).toBeVisible();
  await watch.mark('Too late');
  await expect(watch.flags.filter({ hasText: 'Too late' })).toBeVisible();
  await watch.markers.click();
  await watch.markerList.getByRole('button', { name: 'Remove the marker' }).click();
  await expect(watch.flags).toHaveCount(0);
  await app.keyboard.press('Escape');
  await expectAccessible(app, 'A run that is over');

  await app.getByTestId('delete-run').click();
  await expect(runs.rows).toHaveCount(0);
  const told = app.getByTestId('message').filter({ hasText: 'Before the change' });
  await told.getByRole('button', { name: 'Undo' }).click();
  await expect(runs.rows).toHaveCount(1);
  await expect(runs.rows.first()).toContainText('Before the change');
});
