import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { PackPage } from './pages/pack.ts';

test.beforeEach(async ({ app }) => {
  await new Frame(app).goTo('Scenarios');
});

test('a scenario becomes a Locust pack whose files are those that were shown', async ({ app, home }) => {
  const pack = new PackPage(app);
  await pack.open('Practice run');
  await pack.choose('Plain Locust');
  await pack.field("Agent's URL").fill('ws://127.0.0.1:8010/api/v1/media/stream');
  await expect(pack.files.first()).toBeVisible();
  await expect(pack.checks('error')).toHaveCount(0);

  const out = join(home, 'exported', 'practice');
  await pack.place.fill(out);
  await expect(pack.write).toBeEnabled();
  const shown = await pack.sizes();
  expect(Object.keys(shown)).toEqual(
    expect.arrayContaining(['locustfile.py', 'manifest.jsonl', 'README.md']),
  );
  await pack.write.click();
  await expect(pack.path).toHaveText(out);

  const there = Object.fromEntries(readdirSync(out).map((name) => [name, statSync(join(out, name)).size]));
  for (const [name, bytes] of Object.entries(shown)) expect(there[name], name).toBe(bytes);
  expect(Object.keys(there).filter((name) => name.endsWith('.pcm'))).toHaveLength(8);
  await pack.show('Commands');
  await expect(pack.commands.first()).toContainText('locust');
});

test('an Azure pack aimed at the practice agent says what is wrong, and what is typed is kept', async ({
  app,
}) => {
  const pack = new PackPage(app);
  await pack.open('Practice run');
  await expect(pack.checks('error').first()).toBeVisible();
  await expect(pack.write).toBeDisabled();

  await pack.field('Users').fill('0');
  await expect(pack.dialog.getByText('A whole number from 1 to 100,000 is needed.')).toBeVisible();
  await pack.field('Users').fill('40');
  await pack.field("Agent's URL").fill('wss://agent.example.com/api/v1/media/stream');
  await expect(pack.checks('error')).toHaveCount(0);
  await expect(pack.write).toBeEnabled();
  await pack.show('Test file');
  await expect(pack.dialog).toContainText('testType: Locust');
  await pack.show('Commands');
  await expect(pack.commands.filter({ hasText: 'az load test create' })).not.toHaveCount(0);

  await app.keyboard.press('Escape');
  await expect(pack.dialog).toHaveCount(0);
  await pack.open('Practice run');
  await expect(pack.field('Users')).toHaveValue('40');
  await expect(pack.field("Agent's URL")).toHaveValue('wss://agent.example.com/api/v1/media/stream');
});
