import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures/app.ts';
import { CallPage } from './pages/call.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';

test('a recorded call is listened to: its moments, its messages, both sides', async ({ app, door }) => {
  test.setTimeout(150_000);
  const runs = new RunsPage(app);
  const run = new RunPage(app);
  const call = new CallPage(app);
  await runs.record.selectOption({ label: 'Record all calls' });
  await runs.practice.click();
  await expect(run.elapsed).toBeVisible({ timeout: 30_000 });
  await run.show('Turns');
  await expect.poll(() => run.turns.count(), { timeout: 45_000 }).toBeGreaterThan(8);
  await run.stop.click();
  await expect(run.verdict).toHaveText(/Passed|Warning|Failed/, { timeout: 45_000 });

  await run.show('Calls');
  await expect(call.links.first()).toBeVisible();
  await run.show('Turns');
  await call.links.first().click();
  await expect(call.timeline).toBeVisible();
  await expect(call.moments('end_of_speech').first()).toBeVisible();
  await expect(call.moments('first_audio').first()).toBeVisible();
  await expect(call.gaps('ttfa').first()).toHaveAttribute('title', /Turn \d+: time to first audio, .* ms/);

  const whole = await call.view();
  await call.timeline.focus();
  await app.keyboard.press('+');
  const zoomed = await call.view();
  expect(zoomed.to - zoomed.from).toBeLessThan(whole.to - whole.from);
  await app.keyboard.press(']');
  await expect(call.time).not.toHaveText(/^00:00\.000/);
  await app.keyboard.press('0');
  expect(await call.view()).toEqual(whole);

  await expect.poll(() => call.messages.count()).toBeGreaterThan(3);
  await call.search.fill('user_transcript');
  await call.messages.first().click();
  await expect(call.detail).toContainText('"sender": "User"');
  const at = (await call.messages.first().locator('td').first().textContent()) ?? '';
  await expect(call.time).toContainText(at);

  await call.play.click();
  await expect(call.play).toHaveAttribute('data-playing', 'playing');
  await expect(call.time).not.toContainText(at);
  await call.play.click();
  await expect(call.play).toHaveAttribute('data-playing', 'paused');

  if (door === 'browser') {
    const [saved] = await Promise.all([app.waitForEvent('download'), call.download.click()]);
    const wav = readFileSync(await saved.path());
    expect([wav.toString('latin1', 0, 4), wav.readUInt16LE(22), wav.readUInt32LE(40)]).toEqual([
      'RIFF',
      2,
      wav.length - 44,
    ]);
    const ms = (wav.length - 44) / 4 / (wav.readUInt32LE(24) / 1000);
    expect(Math.abs(ms - whole.to)).toBeLessThan(1);
  }
});
