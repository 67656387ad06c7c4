import { readFileSync } from 'node:fs';
import { checkSteps } from '../../src/contract/checkSteps.ts';
import { CheckFrame } from '../../src/contract/checks.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { command, tabTo } from './fixtures/keys.ts';
import { CheckPage } from './pages/check.ts';
import { StartRunPage } from './pages/startRun.ts';

/** A whole check speaks a turn, listens to the answer and interrupts the next one. */
const spokenWithin = { timeout: 90_000 };
const nothingListens = 'ws://127.0.0.1:9/media';

test('the practice scenario is checked from the address to an obeyed interruption, frame by frame', async ({
  app,
  door,
}) => {
  test.setTimeout(150_000);
  const check = new CheckPage(app);
  const start = new StartRunPage(app);
  await start.open('Practice run');
  await start.openMenu();
  await start.choice(/^Check/).click();
  await check.isShown();
  await expect(check.verdict).toHaveText('The target can be called', spokenWithin);
  const skipped = new Set(['dns', 'tls', 'health']);
  const ofServices = new Set(['http2', 'reflection', 'request']);
  const passed = checkSteps
    .filter((step) => !ofServices.has(step))
    .map((step) => [step, skipped.has(step) ? 'skipped' : 'ok']);
  expect(await check.outcome()).toEqual(Object.fromEntries(passed));
  await expect(check.step('turn')).toContainText('Hello, my name is Alice Brown');
  await expect(check.step('answer')).toContainText('first audio after');
  await check
    .step('upgrade')
    .getByRole('button', { name: /more facts/ })
    .click();
  await expect(check.step('upgrade').locator('dl')).toBeVisible();

  await expect(check.frames.first()).toContainText('AudioMetadata');
  await check.withoutAudio.check();
  await expect(check.count).toHaveText(/^\d+ of [\d,]+$/);
  await check.direction.selectOption('received');
  await check.classOf.selectOption('stop');
  await check.frames.first().click();
  await expect(check.detail).toContainText('"Kind": "StopAudio"');
  await check.search.fill('no such words');
  await app.getByRole('button', { name: 'Show all frames' }).click();
  await expect(check.count).toHaveText(/^[\d,]+ frames$/);
  const frames = Number((await check.count.innerText()).replace(/\D/g, ''));

  if (door === 'browser') {
    const [saved] = await Promise.all([app.waitForEvent('download'), check.save.click()]);
    expect(saved.suggestedFilename()).toMatch(/^check-.*\.jsonl$/);
    const lines = readFileSync(await saved.path(), 'utf8')
      .trimEnd()
      .split('\n');
    const log = lines.map((line) => CheckFrame.parse(JSON.parse(line)));
    expect(log.map(({ n }) => n)).toEqual(log.map((_, i) => i));
    expect(log).toHaveLength(frames);
    expect(new Set(log.map(({ direction }) => direction))).toEqual(new Set(['sent', 'received']));
    expect(log.some((frame) => frame.class === 'stop' && frame.direction === 'received')).toBe(true);
    expect(log.every((frame) => frame.audioMs === null || !/[\w+/]{100}/.test(frame.text ?? ''))).toBe(true);
  }

  // What was found is still there, and nothing is checked unasked.
  await app.reload();
  await loaded(app);
  await expect(check.verdict).toHaveText('The target can be called');
  await expect(check.cancel).toHaveCount(0);
  expect(await check.outcome()).toEqual(Object.fromEntries(passed));
  await expect(check.count).toHaveText(`${frames.toLocaleString('en')} frames`);
});

test('where nothing listens a check ends at TCP, with what to do; a token in the address is not kept', async ({
  app,
}) => {
  const check = new CheckPage(app);
  await command(app, 'check practice', 'Check Practice run');
  await check.isShown();
  await check.cancel.click();
  await expect(check.verdict).toHaveText('Cancelled');

  await check.kind('Address').check({ force: true });
  await check.address.fill(`${nothingListens}?token=opensesame`);
  await check.start.click();
  await expect(check.verdict).toHaveText('One step failed');
  const outcome = await check.outcome();
  expect(outcome).toMatchObject({ url: 'ok', dns: 'skipped', tcp: 'failed', upgrade: 'skipped' });
  expect(Object.values(outcome).filter((status) => status === 'failed')).toHaveLength(1);
  await expect(check.step('tcp')).toContainText('Nothing listens on port 9 of 127.0.0.1');
  await expect(check.step('upgrade')).toContainText('not reached');
  await expect(app.getByTestId('empty-state')).toContainText('No call was placed');
  expect(app.url()).not.toContain('opensesame');

  await app.reload();
  await loaded(app);
  await expect(check.verdict).toHaveText('One step failed');
  await expect(check.address).toHaveValue(`${nothingListens}?token=***`);
  await expect(check.start).toBeDisabled();
  await expect(app.getByText('Its secret is not kept')).toBeVisible();
  expect(await app.content()).not.toContain('opensesame');

  await check.address.fill(nothingListens);
  await expect(check.verdict).toHaveCount(0);
  await check.start.click();
  await expect(check.verdict).toHaveText('One step failed');
  await expect(check.start).toHaveText(/Check again/);
});

test('a check is made, read and cancelled by keyboard alone', async ({ app }) => {
  test.setTimeout(90_000);
  const check = new CheckPage(app);
  await app.keyboard.press('g');
  await app.keyboard.press('k');
  await check.isShown();
  await tabTo(app, check.kind('Scenario'));
  await app.keyboard.press('ArrowRight');
  await app.keyboard.press('ArrowRight');
  await expect(check.kind('Address')).toBeChecked();
  await app.keyboard.press('Tab');
  await app.keyboard.type(nothingListens);
  await app.keyboard.press('Enter');
  await expect(check.verdict).toHaveText('One step failed');
  await expect(check.step('tcp')).toHaveAttribute('data-status', 'failed');
  const facts = check.step('tcp').getByRole('button');
  await tabTo(app, facts);
  await app.keyboard.press('Enter');
  await expect(facts).toHaveAttribute('aria-expanded', 'true');

  await command(app, 'check smoke', 'Check Smoke test');
  await expect(check.frames.first()).toBeVisible({ timeout: 30_000 });
  await app.keyboard.press('/');
  await expect(check.search).toBeFocused();
  await app.keyboard.type('metadata');
  await expect(check.frames).toHaveCount(1);
  await tabTo(app, check.list);
  await app.keyboard.press('ArrowDown');
  await expect(check.detail).toContainText('AudioMetadata');
  await app.keyboard.press('Escape');
  await expect(check.detail).toHaveCount(0);
  await expect(check.list).toBeFocused();

  await tabTo(app, check.cancel);
  await app.keyboard.press('Enter');
  await expect(check.verdict).toHaveText('Cancelled');
  await expect(check.start).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(check.cancel).toBeFocused();
  await app.keyboard.press('Enter');
  await expect(check.verdict).toHaveText('Cancelled');
});
