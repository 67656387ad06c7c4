import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { keepWholeRuns } from './fixtures/history.ts';
import { checkout, environment } from './fixtures/host.ts';
import { ComparePage } from './pages/compare.ts';

/** Runs a command line to its end; its exit code and what it printed. */
async function crosstalk(
  home: string,
  ...argv: string[]
): Promise<{ code: number; out: string; err: string }> {
  const run = promisify(execFile);
  try {
    const cli = join(checkout, 'out/main/cli.js');
    const { stdout, stderr } = await run(process.execPath, [cli, ...argv], { env: environment(home) });
    return { code: 0, out: stdout, err: stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

const practice = join(checkout, 'resources/scenarios/practice.yaml');
const short = ['--users', '2', '--duration', '8s', '--quiet'];

test('two runs of the command line stand side by side, one becomes the baseline, and the trend shows both', async ({
  app,
  home,
}) => {
  test.setTimeout(240_000);
  const missing = await crosstalk(home, 'run', practice, ...short, '--baseline', 'latest');
  expect([missing.code, missing.out]).toEqual([2, '']);
  expect(missing.err).toContain('no run of "Practice run" against "practice" is kept');

  const summary = join(home, 'second.json');
  const junit = join(home, 'second.xml');
  await crosstalk(home, 'run', practice, ...short, '--name', 'First');
  const second = await crosstalk(
    home,
    ...['run', practice, ...short, '--seed', '5', '--name', 'Second', '--baseline', 'latest'],
    ...['--summary', summary, '--junit', junit],
  );
  expect(second.out).toContain('Baseline  First');
  expect(second.out).toMatch(/ttfa p95 +\S+ m?s +\S+ m?s +[+−±]/);
  expect(JSON.parse(readFileSync(summary, 'utf8'))).toMatchObject({ baseline: { name: 'First' } });
  expect(readFileSync(junit, 'utf8')).toContain('name="ttfa p95 against the baseline"');

  await app.reload();
  await loaded(app);
  const compare = new ComparePage(app);
  await app.keyboard.press('g');
  await app.keyboard.press('c');
  await expectAccessible(app, 'a comparison of nothing');
  await compare.pick.click();
  await compare.pickable('First').check();
  await compare.pickable('Second').check();
  await expectAccessible(app, 'choosing runs');
  await compare.comparePicked.click();

  await expect(compare.runs).toHaveCount(2);
  await expect(compare.runs.first()).toContainText('First');
  await expect(compare.runs.first()).toContainText('Baseline');
  await expect(compare.difference('ttfa p95')).toHaveText(/^[+−]?\d/);
  await expect(compare.sentence).toContainText('ttfa p95');
  await expect(compare.runs.nth(1)).toContainText('Another seed: 5');
  await expect(compare.curves.locator('canvas')).toBeVisible();
  await expect(compare.charts.locator('canvas')).toHaveCount(4);
  await expect(compare.differences).toContainText('Scenario');
  await expectAccessible(app, 'two runs side by side');

  await compare.makeFirst(1).click();
  await expect(compare.runs.first()).toContainText('Second');
  await compare.baseline(1).click();
  await expect(compare.baseline(1)).toHaveAttribute('aria-pressed', 'true');

  await compare.tab('Trends').click();
  await expect(compare.points).toHaveCount(2);
  await expect(compare.trendRows.filter({ hasText: 'First' })).toContainText('Baseline');
  await expect(compare.trendRows.filter({ hasText: 'Second' }).getByTestId('delta')).toHaveAttribute(
    'title',
    /ttfa p95/,
  );
  await expectAccessible(app, 'trends');
  await compare.metric.selectOption('turn_success');
  await expect(compare.trendRows.first()).toContainText('%');

  await compare.points.first().focus();
  await app.keyboard.press('Enter');
  await expect(app.getByRole('heading', { name: 'First', level: 1 })).toBeVisible();

  const marked = await crosstalk(home, 'run', practice, ...short, '--baseline', 'baseline', '--json');
  expect(JSON.parse(marked.out)).toMatchObject({ baseline: { name: 'First' } });
});

test('a comparison survives a reload, loses a column, and says what is not there', async ({ app, home }) => {
  test.setTimeout(90_000);
  await keepWholeRuns(home, 'Alone');
  const compare = new ComparePage(app);
  await app.evaluate(() => (location.hash = '#/compare'));
  await expect(compare.pick).toBeVisible();
  await app.reload();
  await loaded(app);
  await compare.pick.click();
  await compare.pickable('Alone').check();
  await compare.comparePicked.click();
  await expect(compare.runs.first()).toContainText('Alone');
  await expect(app.getByText('One run alone has nothing to be compared with.')).toBeVisible();
  await app.reload();
  await loaded(app);
  await expect(compare.runs.first()).toContainText('Alone');
  await compare.remove(0).click();
  await expect(compare.pick).toBeVisible();
  await app.evaluate(() => (location.hash = '#/compare?runs=nothing'));
  await expect(app.getByTestId('error-panel')).toContainText('nothing');
});
