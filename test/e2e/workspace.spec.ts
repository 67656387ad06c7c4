import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/app.ts';
import { EnvironmentsPage } from './pages/environments.ts';
import { Frame } from './pages/frame.ts';
import { WorkspacePage } from './pages/workspace.ts';

test('another folder is used from the status bar, and the first one is a click away', async ({
  app,
  home,
}) => {
  const other = join(home, 'team');
  mkdirSync(join(other, 'environments'), { recursive: true });
  writeFileSync(
    join(other, 'environments', 'ours.yaml'),
    'version: 1\nname: ours\nurl: ws://127.0.0.1:9/a\n',
  );
  const workspace = new WorkspacePage(app);
  const environments = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await expect(environments.empty).toBeVisible();

  await workspace.inStatusBar.click();
  await expect(workspace.path).toHaveText(join(home, 'workspace'));
  await workspace.typed.fill('not/a/whole/path');
  await app.keyboard.press('Enter');
  await expect(workspace.dialog.getByRole('alert')).toContainText('not/a/whole/path');
  await workspace.typed.fill(other);
  await app.keyboard.press('Enter');
  await expect(workspace.dialog).toHaveCount(0);
  await expect(workspace.inStatusBar).toContainText(other);
  await expect(environments.row('ours')).toBeVisible();

  await workspace.inStatusBar.click();
  await expect(workspace.contents).toContainText('1 environment');
  await workspace.recent.first().click();
  await expect(workspace.inStatusBar).toContainText(join(home, 'workspace'));
  await expect(environments.row('ours')).toHaveCount(0);
});

test('what was written for one workspace and not saved is not written into another', async ({
  app,
  home,
}) => {
  const other = join(home, 'team');
  mkdirSync(join(home, 'workspace', 'environments'), { recursive: true });
  const text = 'version: 1\nname: same\nurl: ws://127.0.0.1:9/a\n';
  writeFileSync(join(home, 'workspace', 'environments', 'same.yaml'), text);
  mkdirSync(join(other, 'environments'), { recursive: true });
  writeFileSync(join(other, 'environments', 'same.yaml'), text.replace('9/a', '9/b'));
  const workspace = new WorkspacePage(app);
  const environments = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await environments.open('same');
  await environments.field('Description').fill('unsaved');
  await workspace.inStatusBar.click();
  await workspace.typed.fill(other);
  await app.keyboard.press('Enter');
  await expect(workspace.inStatusBar).toContainText(other);
  await expect(environments.rows).toHaveCount(2);
  await expect(environments.row('not saved yet')).toBeVisible();
  await environments.rows.filter({ hasNotText: 'not saved yet' }).click();
  await expect(environments.field('Address')).toHaveValue('ws://127.0.0.1:9/b');
  await expect(environments.field('Description')).toHaveValue('');
});

test('the palette leads to environments, secrets and other workspaces', async ({ app }) => {
  const frame = new Frame(app);
  const run = async (words: string) => {
    await app.keyboard.press('ControlOrMeta+K');
    await expect(frame.palette).toBeVisible();
    await app.keyboard.type(words);
    await app.keyboard.press('Enter');
  };
  await run('secrets');
  await expect(app.getByTestId('empty-state')).toContainText('No secrets yet');
  await run('new environment');
  await expect(new EnvironmentsPage(app).name).toHaveText('environment');
  await run('switch workspace');
  await expect(new WorkspacePage(app).dialog).toBeVisible();
});
