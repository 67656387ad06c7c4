import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { violations } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { NewScenarioPage } from './pages/newScenario.ts';
import { RequestUsersPage } from './pages/requestUsers.ts';
import { ScenariosPage } from './pages/scenarios.ts';
import { ThresholdsPage } from './pages/thresholds.ts';

function textOf(home: string, word: string): string {
  const workspace = join(home, 'workspace');
  const found = readdirSync(workspace, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !/(^|[\\/])\./.test(name))
    .map((name) => readFileSync(join(workspace, name), 'utf8'))
    .find((text) => text.includes(word));
  return found ?? '';
}

test('http users with two steps, a check and a value to take are made in the form and saved', async ({
  app,
  home,
}) => {
  const scenarios = new ScenariosPage(app);
  const users = new RequestUsersPage(app);
  await new Frame(app).goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.tab('Conversations');
  await users.addUsers('HTTP clients');
  await expect(app.getByRole('tab', { name: 'Users' })).toHaveAttribute('aria-selected', 'true');
  await expect(scenarios.field('Name of these users')).toBeFocused();
  await scenarios.field('Name of these users').fill('bots');
  await scenarios.field('Wait after an iteration').fill('1s to 3s');

  await users.node('Steps').click();
  await users.step(1).click();
  await users.field('Name').fill('login');
  await users.field('Phase').fill('auth');
  await users.field('Method').selectOption('POST');
  await users.field('Address').fill('/api/auth/login-json');
  await users.field('Body').selectOption('JSON');
  await users.field('JSON').fill('{ "username": "alice", "age": ');
  await expect(users.fields).toContainText('Not JSON yet');
  await users.field('JSON').fill('{ "username": "alice", "password": "wonderland" }');
  await expect(users.fields).not.toContainText('Not JSON yet');
  await users.fields.getByRole('button', { name: 'Add check' }).click();
  await expect(users.field('Statuses of check 1')).toHaveValue('200');
  await users.field('Statuses of check 1').fill('200, 201');
  await users.unfold('Values to take');
  await users.fields.getByRole('button', { name: 'Take a value' }).click();
  await users.field('Name of value 1').fill('token');
  await app.keyboard.press('Tab');
  await users.field('JSON path of token').fill('$.access_token');

  await users.addStep.click();
  await expect(users.field('Address')).toBeFocused();
  await users.field('Address').fill('/api/sessions/');
  await users.insert('uuid');
  await expect(users.field('Address')).toHaveValue('/api/sessions/${uuid}');
  await users.unfold('Headers');
  await users.fields.getByRole('button', { name: 'Add header' }).click();
  await users.field('Name of the new header').fill('authorization');
  await app.keyboard.press('Enter');
  await users.field('Value of authorization').fill('Bearer ');
  await users.insert('token');
  await expect(users.field('Value of authorization')).toHaveValue('Bearer ${token}');
  expect(await violations(app)).toEqual([]);
  await expect(scenarios.problems).toHaveCount(0);

  await users.step(2).focus();
  await app.keyboard.press('Alt+ArrowUp');
  await expect(users.step(1)).toBeFocused();
  await expect(users.step(1)).toHaveAccessibleName(/GET {2}?\/api\/sessions|GET\s+\/api\/sessions/);
  await expect(scenarios.problems).toContainText('token');
  await app.keyboard.press('Alt+ArrowDown');
  await expect(scenarios.problems).toHaveCount(0);

  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);
  const text = textOf(home, 'bots');
  // What was there before is as it was, with its comments.
  expect(text).toContain('# Half of the callers do not let the agent finish this answer.');
  const written: unknown = parse(text);
  expect(written).toMatchObject({
    users: [
      {},
      {
        kind: 'http',
        name: 'bots',
        wait: { from: '1s', to: '3s' },
        steps: [
          {
            name: 'login',
            phase: 'auth',
            post: '/api/auth/login-json',
            json: { username: 'alice', password: 'wonderland' },
            checks: [{ status: [200, 201] }],
            extract: { token: '$.access_token' },
          },
          { get: '/api/sessions/${uuid}', headers: { authorization: 'Bearer ${token}' } },
        ],
      },
    ],
  });
});

test('what is wrong in a step of a group is told at its field, and found from the list', async ({ app }) => {
  const scenarios = new ScenariosPage(app);
  const users = new RequestUsersPage(app);
  const fresh = new NewScenarioPage(app);
  await new Frame(app).goTo('Scenarios');
  await app.getByTestId('new-scenario').click();
  await fresh.preset('HTTP requests').click();
  await fresh.create.click();
  await scenarios.isOpen('HTTP requests');
  await scenarios.tab('Users');
  await app.getByTestId('add-group').click();
  await users.step(1).click();
  await users.field('Address').fill('clients');
  await users.unfold('Pause, timeout');
  await users.field('Timeout').fill('soon');
  await expect(scenarios.problems).toContainText('must begin with /');
  await expect(users.field('Address')).toHaveAttribute('aria-invalid', 'true');

  await users.node('clients').click();
  await expect(users.fields).toHaveCount(0);
  await scenarios.problems.getByRole('button').filter({ hasText: 'is not a duration' }).click();
  await expect(users.field('Timeout')).toBeFocused();
  await users.field('Timeout').fill('5s');
  await users.field('Address').fill('/api/clients');
  await expect(scenarios.problems).toHaveCount(0);

  const thresholds = new ThresholdsPage(app);
  await scenarios.tab('Thresholds');
  await thresholds.button('More of', 1).click();
  await thresholds.details.getByLabel('Group').selectOption('group');
  await expect(thresholds.rows.first()).toContainText('only group group');
  await thresholds.field('Metric', 2).selectOption({ label: 'Requests a second' });
  await expect(thresholds.field('Target', 2)).toHaveValue('10');
  await expect(scenarios.problems).toHaveCount(0);
  await scenarios.tab('Load');
  await expect(app.getByTestId('forecast')).toContainText('Iterations');
  expect(await violations(app)).toEqual([]);
});

test('a stage is made for each row of a file, whose first rows are shown', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  const users = new RequestUsersPage(app);
  const fresh = new NewScenarioPage(app);
  await new Frame(app).goTo('Scenarios');
  await app.getByTestId('new-scenario').click();
  await fresh.preset('HTTP requests').click();
  await fresh.create.click();
  await scenarios.isOpen('HTTP requests');
  const file = join(home, 'workspace', 'people.csv');
  writeFileSync(file, 'username,password\nalice,wonderland\nbob,builder\n');
  await scenarios.tab('Users');
  await users.addStage('Set-up: HTTP requests');
  await app.getByRole('button', { name: 'Add data' }).click();
  await scenarios.field('Name of its row').fill('person');
  await scenarios.field('File: JSON or CSV').fill(file);
  const preview = app.getByTestId('feed-preview');
  await expect(preview).toContainText('alice');
  await expect(preview).not.toContainText('wonderland');
  await scenarios.field('For each row of').selectOption('person');
  await expect(scenarios.field('Rows at once')).toBeVisible();

  await users.tree.getByTestId('steps-entry').last().click();
  await users.step(1).click();
  await users.field('Address').fill('/api/people/');
  await users.insert('person.username');
  await expect(users.field('Address')).toHaveValue('/api/people/${person.username}');
  await expect(scenarios.problems).toHaveCount(0);
  expect(await violations(app)).toEqual([]);
});

test('the methods of gRPC services are loaded, chosen, and their message filled in', async ({ app }) => {
  const scenarios = new ScenariosPage(app);
  const users = new RequestUsersPage(app);
  const fresh = new NewScenarioPage(app);
  await new Frame(app).goTo('Scenarios');
  await app.getByTestId('new-scenario').click();
  await fresh.preset('gRPC calls').click();
  await fresh.create.click();
  await scenarios.isOpen('gRPC calls');
  await scenarios.tab('Users');
  await users.step(1).click();
  await users.fields.getByTestId('load-methods').click();
  await expect(users.fields.getByTestId('rpc-list')).toBeVisible({ timeout: 20_000 });
  await users.fields.getByTestId('rpc-list').selectOption('june.tts.TextToSpeech/StreamSynthesize');
  await expect(users.field('Method')).toHaveValue('june.tts.TextToSpeech/StreamSynthesize');
  await users.fields.getByTestId('rpc-example').click();
  await expect(users.field('Message')).toHaveValue(/"text"/);
  await users.unfold('Answers of the stream');
  await users.field('Field with audio').fill('audio_content');
  await expect(scenarios.problems).toHaveCount(0);
  expect(await violations(app)).toEqual([]);
});

test('a stage of gRPC calls offers the methods of its own files', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  const users = new RequestUsersPage(app);
  const fresh = new NewScenarioPage(app);
  await new Frame(app).goTo('Scenarios');
  await app.getByTestId('new-scenario').click();
  await fresh.preset('gRPC calls').click();
  await fresh.create.click();
  await scenarios.isOpen('gRPC calls');
  const proto = join(home, 'workspace', 'accounts.proto');
  writeFileSync(
    proto,
    'syntax = "proto3"; package accounts; message Name { string name = 1; } service Accounts { rpc Add (Name) returns (Name); }',
  );
  await scenarios.tab('Users');
  await users.addStage('Set-up: gRPC calls');
  await scenarios.field('.proto files').fill(proto);
  await scenarios.field('.proto files').blur();
  await users.tree.getByTestId('steps-entry').last().click();
  await users.step(1).click();
  await users.fields.getByTestId('load-methods').click();
  await expect(users.fields.getByTestId('rpc-list').locator('option')).toHaveText([/./, 'Add (unary)'], {
    timeout: 20_000,
  });
});
