/** The history among the settings: how large it is, a copy of it, and what goes. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { keepRuns, withHistory } from './fixtures/history.ts';
import { tabTo } from './fixtures/keys.ts';
import { value } from '../../src/main/history/testing.ts';
import { Frame } from './pages/frame.ts';
import { HistorySettingsPage } from './pages/historySettings.ts';
import { RunsPage } from './pages/runs.ts';

test('the history tells its size, is copied, and what goes is seen before it does', async ({ app, home }) => {
  test.setTimeout(120_000);
  await keepRuns(home, 12);
  await withHistory(home, async (history) => {
    value(await history.edit('kept-02', { starred: true }));
  });
  await app.reload();
  await loaded(app);
  const [frame, settings] = [new Frame(app), new HistorySettingsPage(app)];
  await frame.goTo('Settings');

  await test.step('its size', async () => {
    await expect(settings.fact('File')).toContainText(join(home, 'crosstalk.db'));
    await expect(settings.fact('Size')).toContainText(/\d [kM]B/);
    await expect(settings.fact('Runs')).toContainText('12');
    await expect(settings.fact('Turns')).toContainText('12');
    await expectAccessible(app, 'the settings of the history');
  });

  await test.step('a copy', async () => {
    await tabTo(app, settings.backUp);
    await app.keyboard.press('Enter');
    await expect(settings.copy).toContainText(home);
    expect(statSync(await settings.copy.innerText()).size).toBeGreaterThan(10_000);
    await expect(settings.backUp).toBeFocused();
  });

  await test.step('what a rule would remove', async () => {
    await settings.rule('Older than').uncheck();
    await expect(settings.preview).toBeDisabled();
    await settings.rule('All but the newest').check();
    const newest = settings.amount(/^All but the newest/);
    await newest.fill('many');
    await expect(settings.panel).toContainText('Give how many to keep as a whole number');
    await expect(settings.preview).toBeDisabled();
    await newest.fill('3');
    await tabTo(app, settings.preview);
    await app.keyboard.press('Enter');
    await expect(settings.going).toHaveCount(8);
    await expect(settings.going.filter({ hasText: 'Run 02' })).toHaveCount(0);
    await expect(settings.dialog).toContainText('1 more stays: it is starred or a baseline.');
    await expectAccessible(app, 'what would go');
    await app.keyboard.press('Escape');
    await expect(settings.dialog).toHaveCount(0);
    await expect(settings.preview).toBeFocused();
    await expect(settings.fact('Runs')).toContainText('12');
  });

  await test.step('by itself', async () => {
    // It is looked after runs some seconds after the start, which may be now: all of these stay.
    await settings.amount(/^All but the newest/).fill('50');
    await settings.byItself.click();
    await expect(settings.state).toContainText('all but the newest 50');
    await app.reload();
    await loaded(app);
    await expect(settings.state).toContainText('all but the newest 50');
    await settings.panel.getByRole('button', { name: 'Never by itself' }).click();
    await expect(settings.state).toContainText('Nothing is removed by itself');
  });

  await test.step('for good', async () => {
    await settings.rule('Older than').uncheck();
    await settings.rule('All but the newest').check();
    await settings.amount(/^All but the newest/).fill('3');
    await settings.preview.click();
    await settings.confirm.click();
    await expect(settings.fact('Runs')).toContainText('4');
    await expect(app.getByTestId('message').filter({ hasText: '8 runs removed' })).toBeVisible();
    await frame.goTo('Runs');
    await expect(new RunsPage(app).rows).toHaveCount(4);
    await expect(new RunsPage(app).link('Run 02')).toBeVisible();
  });
});
