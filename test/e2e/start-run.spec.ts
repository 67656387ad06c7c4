import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './fixtures/host.ts';
import { expect, test } from './fixtures/app.ts';
import { HealthServer } from './fixtures/health.ts';
import { CallPage } from './pages/call.ts';
import { Frame } from './pages/frame.ts';
import { RunPage } from './pages/run.ts';
import { StartRunPage } from './pages/startRun.ts';

/** The practice scenario as a file of the workspace, aimed at an environment. */
function aimed(home: string, environment: string): void {
  const practice = readFileSync(join(checkout, 'resources/scenarios/practice.yaml'), 'utf8');
  const text = practice
    .replace(/^name: .*/m, 'name: Nightly')
    .replace(/^environment: .*/m, `environment: ${environment}`);
  mkdirSync(join(home, 'workspace', 'environments'), { recursive: true });
  writeFileSync(join(home, 'workspace', 'nightly.yaml'), text);
}

function environment(home: string, name: string, more: string): void {
  const text = `version: 1\nname: ${name}\nurl: ws://127.0.0.1:9/a\n${more}`;
  writeFileSync(join(home, 'workspace', 'environments', `${name}.yaml`), text);
}

test('production asks for its name, and a guard that objects for a tick', async ({ app, home }) => {
  const health = await HealthServer.start({ app_env: 'production' });
  aimed(home, 'prod');
  environment(
    home,
    'prod',
    `guard: { url: "${health.url}", expect: { app_env: test } }\nproduction: { confirm_above: 1 }\n`,
  );
  const start = new StartRunPage(app);
  await start.open('Nightly');
  await expect(start.environment).toContainText('prod');
  await app.keyboard.press('ControlOrMeta+Enter');
  await expect(start.dialog).toContainText('prod is production');
  await expect(start.dialog).toContainText('ws://127.0.0.1:9/a');
  await expect(start.confirmed).toBeDisabled();
  await start.refusal('guard').getByRole('checkbox').check();
  await start.name.fill('Prod');
  await expect(start.confirmed).toBeDisabled();
  await app.keyboard.press('Enter');
  await expect(start.dialog).toBeVisible();
  await start.name.fill('prod');
  await expect(start.command).toContainText('--force guard');
  await expect(start.command).toContainText('--confirm');
  await app.keyboard.press('Escape');
  await expect(start.dialog).toHaveCount(0);

  await start.run.click();
  await start.refusal('guard').getByRole('checkbox').check();
  await start.name.fill('prod');
  await app.keyboard.press('Enter');
  const run = new RunPage(app);
  await expect(run.stop).toBeVisible({ timeout: 30_000 });
  await expect(start.environment).toContainText('prod');
  await run.stop.click();
  await expect(run.verdict).toBeVisible({ timeout: 30_000 });
  await health.stop();
});

test('a scenario is aimed elsewhere, and what would do it from a terminal is copied', async ({
  app,
  home,
  context,
  door,
}) => {
  if (door === 'browser') await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  aimed(home, 'staging');
  environment(home, 'staging', '');
  environment(home, 'far away', '');
  const start = new StartRunPage(app);
  await start.open('Nightly');
  await start.openMenu();
  await start.aim('far away').click();
  await expect(start.run).toContainText('on far away');
  await expect(start.environment).toContainText('far away');
  await start.openMenu();
  await app.keyboard.press('End');
  await app.keyboard.press('Enter');
  await expect(app.getByTestId('message')).toContainText('command line is on the clipboard');
  const copied = await app.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("--env 'far away'");
  expect(copied).toContain('nightly.yaml');

  // Kept for this scenario until the page is closed.
  await new Frame(app).goTo('Runs');
  await start.open('Nightly');
  await expect(start.run).toContainText('on far away');
  await start.openMenu();
  await start.aim(/As the scenario says/).click();
  await expect(start.run).not.toContainText('on');
});

test('one call is placed, and its timeline follows', async ({ app }) => {
  test.setTimeout(120_000);
  const start = new StartRunPage(app);
  await start.open('Smoke test');
  await start.openMenu();
  await start.choice(/Run once/).click();
  await expect(new CallPage(app).timeline).toBeVisible({ timeout: 90_000 });
});

test('check leads to the check of the scenario as it is aimed', async ({ app, home }) => {
  aimed(home, 'staging');
  environment(home, 'staging', '');
  const start = new StartRunPage(app);
  await start.open('Nightly');
  await start.openMenu();
  await start.choice(/^Check/).click();
  await expect(app).toHaveURL(/#\/check\?file=.*nightly\.yaml/);
});
