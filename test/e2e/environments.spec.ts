import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { violations } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { HealthServer } from './fixtures/health.ts';
import { EnvironmentsPage } from './pages/environments.ts';
import { Frame } from './pages/frame.ts';

const folderOf = (home: string) => join(home, 'workspace', 'environments');

function write(home: string, name: string, text: string): string {
  mkdirSync(folderOf(home), { recursive: true });
  const path = join(folderOf(home), `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

test('an environment is written, saved and tried by keyboard alone', async ({ app, home }) => {
  const health = await HealthServer.start({ app_env: 'test' });
  const page = new EnvironmentsPage(app);
  await app.keyboard.press('g');
  await app.keyboard.press('e');
  await expect(page.empty).toContainText('Where are calls placed?');
  await app.keyboard.press('n');
  await page.field('Name').focus();
  await app.keyboard.press('ControlOrMeta+A');
  await app.keyboard.type('staging west');
  await expect(page.name).toHaveText('staging west');
  await page.field('Address').focus();
  await expect(page.problems).toBeVisible();
  await app.keyboard.type('ws://127.0.0.1:9/api/v1/media/stream');
  await expect(page.problems).toHaveCount(0);
  await app.getByTestId('guard-toggle').focus();
  await app.keyboard.press('Space');
  await expect(page.field('Ask')).toHaveValue('http://127.0.0.1:9/health');
  await page.field('Ask').focus();
  await app.keyboard.press('ControlOrMeta+A');
  await app.keyboard.type(health.url);
  await app.keyboard.press('ControlOrMeta+S');
  await expect(page.unsaved).toHaveCount(0);
  await app.keyboard.press('ControlOrMeta+Enter');
  await expect(page.probe('pass').first()).toContainText('app_env');

  const text = readFileSync(join(folderOf(home), 'staging west.yaml'), 'utf8');
  expect(text).toContain('name: staging west');
  expect(text).toContain(`url: ${health.url}`);
  await expect(page.row('staging west')).toContainText('guarded');
  await health.stop();
});

test('a secret moves out of the file and is never shown again', async ({ app, home }) => {
  const value = 'hunter2-and-more';
  const path = write(
    home,
    'staging',
    `version: 1\nname: staging\nurl: ws://127.0.0.1:9/a\nauth: { type: bearer, token: ${value} }\n`,
  );
  const page = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await page.open('staging');
  await expect(page.field('Token')).toHaveAttribute('type', 'password');
  await page.keepAsSecret.click();
  await expect(page.secretDialog.getByLabel('Name')).toHaveValue('STAGING_TOKEN');
  await page.keep.click();
  await expect(page.field('Token')).toHaveValue('${secret:STAGING_TOKEN}');
  await expect(page.yaml).not.toContainText(value);
  await page.save.click();
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('token: "${secret:STAGING_TOKEN}"');
  expect(readFileSync(path, 'utf8')).not.toContain(value);

  await page.showSecrets();
  await expect(page.secret('STAGING_TOKEN')).toHaveAttribute('data-kept', /^(file|os_store)$/);
  await expect(page.secret('STAGING_TOKEN')).toContainText('staging');
  expect(await app.content()).not.toContain(value);
  await page.secret('STAGING_TOKEN').getByRole('button', { name: 'Forget STAGING_TOKEN' }).click();
  await app.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await expect(page.secret('STAGING_TOKEN')).toHaveAttribute('data-kept', 'missing');
});

test('form and YAML are one document, and what is written is not lost by leaving', async ({ app, home }) => {
  write(home, 'one', 'version: 1\nname: one # the first\nurl: ws://127.0.0.1:9/a\n');
  write(home, 'two', 'version: 1\nname: two\nurl: wss://127.0.0.1:9/b\n');
  const frame = new Frame(app);
  const page = new EnvironmentsPage(app);
  await frame.goTo('Environments');
  await page.open('two');
  await app.getByTestId('tls-fold').click();
  await app.getByTestId('skip-verification').check();
  await expect(page.unverified).toContainText('Nobody verifies the certificate');
  await expect(page.yaml).toContainText('verify: false');
  await page.open('one');
  await page.field('Description').fill('For trying things');
  await expect(page.yaml).toContainText('description: For trying things');
  await expect(page.yaml).toContainText('name: one # the first');
  await frame.goTo('Runs');
  await frame.goTo('Environments');
  await page.open('one');
  await expect(page.field('Description')).toHaveValue('For trying things');
  await expect(page.unsaved).toBeVisible();
  await app.keyboard.press('ControlOrMeta+Z');
  await expect(page.field('Description')).toHaveValue('');
  await expect(page.unsaved).toHaveCount(0);
  await page.open('two');
  await expect(page.unverified).toBeVisible();
});

test('a file that somebody else changed is not written over unasked', async ({ app, home }) => {
  const path = write(home, 'shared', 'version: 1\nname: shared\nurl: ws://127.0.0.1:9/a\n');
  const page = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await page.open('shared');
  // Untouched, it follows its file.
  writeFileSync(path, 'version: 1\nname: shared\nurl: ws://127.0.0.1:9/b\n');
  await expect(page.field('Address')).toHaveValue('ws://127.0.0.1:9/b');
  await page.field('Description').fill('mine');
  writeFileSync(path, 'version: 1\nname: shared\nurl: ws://127.0.0.1:9/c\n');
  await page.save.click();
  const dialog = app.getByTestId('conflict-dialog');
  await expect(dialog).toContainText('changed by somebody else');
  expect(readFileSync(path, 'utf8')).toContain('9/c');
  await dialog.getByRole('button', { name: 'Overwrite' }).click();
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('description: mine');
});

test('an environment is duplicated, and deleted with a way back', async ({ app, home }) => {
  const path = write(home, 'staging', 'version: 1\nname: staging\nurl: ws://127.0.0.1:9/a\n');
  const page = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await page.open('staging');
  await page.menu('Duplicate');
  await expect(page.rows).toHaveCount(2);
  await page.row('staging').first().focus();
  await app.keyboard.press('Delete');
  await expect(page.rows).toHaveCount(1);
  await app.getByTestId('message').getByRole('button', { name: 'Undo' }).click();
  await expect(page.rows).toHaveCount(2);
  expect(existsSync(path)).toBe(true);
});

test('a short environment becomes one of several targets without losing anything', async ({ app, home }) => {
  const path = write(
    home,
    'staging',
    'version: 1\nname: staging\nurl: ws://127.0.0.1:9/a\nproxy: http://127.0.0.1:9\n',
  );
  const page = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await page.open('staging');
  await app.getByTestId('add-target').click();
  await page.field('Name of the target').fill('west');
  await app.keyboard.press('Tab');
  await page.field('Address').fill('ws://127.0.0.1:9/west');
  await expect(page.problems).toHaveCount(0);
  await page.save.click();
  await expect.poll(() => readFileSync(path, 'utf8')).toContain('west:');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('proxy: http://127.0.0.1:9');
  expect(text).toContain('ws://127.0.0.1:9/west');
  await expect(page.row('staging')).toContainText('2 targets');
});

test('axe finds nothing serious on the environments, the secrets and their dialog', async ({ app, home }) => {
  write(
    home,
    'prod',
    'version: 1\nname: prod\nurl: wss://127.0.0.1:9/a\nheaders: { x-api-key: abc, x-b: "${secret:B}" }\ntls: { verify: false }\nproduction: true\nlatency: soon\n',
  );
  const page = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await page.open('prod');
  await expect(page.problems).toBeVisible();
  expect(await violations(app)).toEqual([]);
  await page.showSecrets();
  await expect(page.secret('B')).toBeVisible();
  expect(await violations(app)).toEqual([]);
  await page.secret('B').getByRole('button', { name: 'Set B' }).click();
  await expect(page.secretDialog).toBeVisible();
  expect(await violations(app)).toEqual([]);
});
