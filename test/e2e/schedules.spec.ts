import { expectAccessible } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { NewScenarioPage } from './pages/newScenario.ts';

test('a scenario is scheduled from its Run menu, changed and removed in the settings', async ({ app }) => {
  await new NewScenarioPage(app).openScreen();
  await app.getByTestId('run-more').click();
  await app.getByRole('menuitem', { name: /Schedule…/ }).click();
  const dialog = app.getByTestId('schedule-dialog');
  await dialog.getByTestId('schedule-environment').selectOption('practice');
  await dialog.getByLabel('On days of the week').check();
  await dialog.getByRole('button', { name: 'Tuesday' }).click();
  await dialog.getByTestId('schedule-time').fill('05:45');
  await expect(dialog.getByTestId('schedule-next')).toContainText('05:45');
  await dialog.getByText('a line of a crontab').click();
  await expect(dialog.getByTestId('schedule-crontab')).toContainText('45 5 * * 1,3,4,5');
  await dialog.getByText('a workflow of GitHub Actions').click();
  await expect(dialog.getByTestId('schedule-actions')).toContainText('UTC, the only clock GitHub has');
  await expectAccessible(app, 'a new schedule');
  await dialog.getByTestId('schedule-save').click();
  await expect(dialog).toBeHidden();

  await app.evaluate(() => (location.hash = '#/settings'));
  const list = app.getByTestId('schedules');
  await expect(list).toContainText('Mon, Wed, Thu, Fri at 05:45');
  await list.getByRole('switch').uncheck();
  await expect(list).toContainText('Switched off');
  await expectAccessible(app, 'the schedules');
  await list.getByRole('button', { name: /Remove the schedule/ }).click();
  await app.getByRole('button', { name: 'Remove schedule' }).click();
  await expect(list).toContainText('Nothing is scheduled');
});
