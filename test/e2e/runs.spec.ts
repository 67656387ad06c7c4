import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { keepRuns } from './fixtures/history.ts';
import { RunsPage } from './pages/runs.ts';

test('many runs: only those in view are drawn, keys and search reach all of them', async ({ app, home }) => {
  test.setTimeout(90_000);
  await keepRuns(home, 300);
  await app.reload();
  await loaded(app);
  const runs = new RunsPage(app);
  await expect(runs.count).toHaveText('300 runs');
  await expect(runs.rows.first()).toContainText('Run 300');
  expect(await runs.rows.count()).toBeLessThan(80);

  await runs.link('Run 300').focus();
  await app.keyboard.press('End');
  await expect(runs.link('Run 001')).toBeFocused();
  await app.keyboard.press('Home');
  await expect(runs.link('Run 300')).toBeFocused();
  for (let i = 0; i < 3; i++) await app.keyboard.press('PageDown');
  await expect(runs.link('Run 255')).toBeFocused();

  await runs.search.fill('run 12');
  await expect(runs.count).toHaveText('13 of 300 runs');
  await expectAccessible(app, 'the list of runs');
});

test('chosen runs are compared, starred, tagged, deleted and brought back', async ({ app, home }) => {
  test.setTimeout(90_000);
  await keepRuns(home, 5);
  await app.reload();
  await loaded(app);
  const runs = new RunsPage(app);
  await runs.choose('Run 2').click();
  await runs.choose('Run 4').click({ modifiers: ['Shift'] });
  await expect(runs.selection).toContainText('3 chosen');
  await expectAccessible(app, 'chosen runs');

  await runs.selection.getByRole('button', { name: 'Star' }).click();
  await runs.filter('Starred').click();
  await expect(runs.rows).toHaveCount(3);
  await runs.filter('Starred').click();

  await runs.selection.getByRole('button', { name: 'Tag…' }).click();
  await app.keyboard.type('nightly');
  await app.keyboard.press('Enter');
  await runs.search.fill('nightly');
  await expect(runs.rows).toHaveCount(3);

  await runs.selection.getByRole('button', { name: 'Delete' }).click();
  await expect(runs.rows).toHaveCount(0);
  await app.getByRole('button', { name: 'Undo' }).click();
  await expect(runs.rows).toHaveCount(3);
  await runs.search.fill('');

  await runs.link('Run 5').focus();
  await app.keyboard.press('Space');
  await app.keyboard.press('ArrowDown');
  await app.keyboard.press('Space');
  await expect(runs.selection).toContainText('2 chosen');
  await runs.selection.getByRole('button', { name: 'Compare' }).click();
  await expect.poll(() => decodeURIComponent(app.url())).toContain('runs=kept-4,kept-5');
});
