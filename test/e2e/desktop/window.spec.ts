/** Electron's security checklist in a real window. Runs only where Electron's binary and a display exist. */
import { expect, test } from '../fixtures/app.ts';

test('the page comes from our own scheme and stays there', async ({ app }) => {
  expect(new URL(app.url()).protocol).toBe('app:');
  await app.evaluate(() => {
    location.href = 'https://example.com/';
  });
  await expect(app.locator('html')).toHaveAttribute('data-app-state', 'loaded');
  expect(new URL(app.url()).host).toBe('crosstalk');
});

test('no window opens and no microphone is given', async ({ app }) => {
  expect(await app.evaluate(() => window.open('file:///etc/passwd') === null)).toBe(true);
  const microphone = await app.evaluate(() =>
    navigator.mediaDevices.getUserMedia({ audio: true }).then(
      () => 'given',
      () => 'refused',
    ),
  );
  expect(microphone).toBe('refused');
});

test('the bridge holds the domains of the contract and nothing else', async ({ app }) => {
  const domains = await app.evaluate(() =>
    Object.keys((window as { crosstalk?: object }).crosstalk ?? {}).sort(),
  );
  expect(domains).toEqual([
    'app',
    'clips',
    'conversations',
    'machine',
    'packs',
    'runs',
    'scenarios',
    'settings',
    'voices',
  ]);
});
