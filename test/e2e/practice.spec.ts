import { expect, test, loaded } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';

test('a practice run is watched live, ends with a verdict and is kept', async ({ app }) => {
  test.setTimeout(120_000);
  const runs = new RunsPage(app);
  const run = new RunPage(app);
  await runs.practice.click();

  await expect(run.elapsed).toBeVisible({ timeout: 30_000 });
  await expect(run.chart('ttfa').locator('canvas')).toBeVisible();
  await expect(run.chart('calls').locator('canvas')).toBeVisible();
  await run.show('Turns');
  await expect.poll(() => run.turns.count(), { timeout: 45_000 }).toBeGreaterThan(5);
  await run.show('Overview');

  await run.stop.click();
  await expect(run.verdict).toHaveText(/Passed|Warning|Failed/, { timeout: 45_000 });
  await expect(run.metric('ttfa')).toContainText('ms');

  await new Frame(app).goTo('Runs');
  await expect(runs.rows).toHaveCount(1);
  await app.reload();
  await loaded(app);
  await expect(runs.rows).toHaveCount(1);
  await expect(runs.rows.first()).toContainText('Practice run');

  await runs.rows.first().getByRole('link', { name: 'Practice run' }).click();
  await run.show('Turns');
  await expect.poll(() => run.turns.count()).toBeGreaterThan(5);
});
