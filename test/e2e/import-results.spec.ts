import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { checkout } from './fixtures/host.ts';

const sample = (name: string) => join(checkout, 'test', 'fixtures', 'results', name);
const kinds = ['stats', 'stats_history', 'failures', 'exceptions'];

test('CSV files of Locust become a run that says what they do not contain', async ({ app }) => {
  await app.getByTestId('import-results').first().click();
  const dialog = app.getByTestId('import-results-dialog');
  await dialog
    .getByTestId('import-results-files')
    .setInputFiles(kinds.map((kind) => sample(`deb2121_${kind}.csv`)));
  await expect(dialog).toContainText('CSV files of Locust');
  await expect(dialog.getByTestId('import-files').getByRole('listitem')).toHaveCount(4);
  await expectAccessible(app, 'files to import');
  await dialog.getByTestId('import-name').fill('Before the upgrade');
  await dialog.getByTestId('import-environment').fill('staging');
  await dialog.getByTestId('import-results').click();
  await expect(dialog.getByTestId('import-missing')).toContainText('no single requests or turns');
  await expect(dialog.getByTestId('import-notes')).toContainText('is cut off and was left out');
  await expectAccessible(app, 'an imported run');
  await dialog.getByTestId('open-imported').click();
  await expect(app.getByRole('heading', { name: 'Before the upgrade', level: 1 })).toBeVisible();
  await expect(app.getByText('staging').first()).toBeVisible();
  await expectAccessible(app, 'a run that was imported');
});

test('a file that is nothing of the kind is answered with what it is', async ({ app }) => {
  await app.getByTestId('import-results').first().click();
  const dialog = app.getByTestId('import-results-dialog');
  await dialog.getByTestId('import-results-files').setInputFiles(sample('web_running_requests.json'));
  await expect(dialog.getByRole('alert')).toContainText('what Locust’s web page asks for');
  await expect(dialog.getByTestId('import-results')).toBeDisabled();
});
