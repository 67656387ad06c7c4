import { expect, test } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { RunsPage } from './pages/runs.ts';
import { SettingsPage } from './pages/settings.ts';

test('an empty home shows what a run is and how to start one', async ({ app }) => {
  const runs = new RunsPage(app);
  await expect(runs.empty).toContainText('No runs yet');
  await expect(runs.practice).toBeEnabled();
});

test('every screen opens from the rail and the palette', async ({ app }) => {
  const frame = new Frame(app);
  for (const screen of ['Scenarios', 'Settings', 'Runs'] as const) await frame.goTo(screen);
  await app.keyboard.press('ControlOrMeta+K');
  await expect(frame.palette).toBeVisible();
  await app.keyboard.type('settings');
  await app.keyboard.press('Enter');
  await expect(frame.heading('Settings')).toBeVisible();
});

test('the bundled scenario is listed and can be run', async ({ app }) => {
  await new Frame(app).goTo('Scenarios');
  await expect(app.getByTestId('scenario-row').filter({ hasText: 'Practice run' })).toBeVisible();
});

test('a pinned theme is painted and kept', async ({ app }) => {
  const frame = new Frame(app);
  const settings = new SettingsPage(app);
  await frame.goTo('Settings');
  for (const name of ['Light', 'Dark'] as const) {
    await settings.theme(name).check();
    await expect.poll(() => frame.theme()).toBe(name.toLowerCase());
  }
  await app.evaluate(() => localStorage.clear());
  await app.reload();
  await expect(settings.theme('Dark')).toBeChecked();
  await expect.poll(() => frame.theme()).toBe('dark');
});

test('the settings say where everything is kept', async ({ app, home }) => {
  await new Frame(app).goTo('Settings');
  const settings = new SettingsPage(app);
  await expect(
    settings.fact(`${home}/crosstalk.db`.replaceAll('/', process.platform === 'win32' ? '\\' : '/')),
  ).toBeVisible();
});
