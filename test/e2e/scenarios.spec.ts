import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { violations } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { Frame } from './pages/frame.ts';
import { NewScenarioPage } from './pages/newScenario.ts';
import { ScenariosPage } from './pages/scenarios.ts';

/** The scenario files of the workspace, wherever in it they are. */
function files(home: string): string[] {
  const workspace = join(home, 'workspace');
  return readdirSync(workspace, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !/(^|[\\/])\./.test(name))
    .map((name) => join(workspace, name))
    .filter((path) => readFileSync(path, 'utf8').includes('users:'));
}

function onlyFile(home: string): string {
  const [path, ...others] = files(home);
  expect(others).toEqual([]);
  return path ?? '';
}

const textOf = (home: string) => readFileSync(onlyFile(home), 'utf8');

test('a scenario of a preset is edited in the form and in the text, and saved', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  const fresh = new NewScenarioPage(app);
  await new Frame(app).goTo('Scenarios');
  await app.getByTestId('new-scenario').click();
  await fresh.preset('Smoke').click();
  await fresh.name.fill('Night smoke');
  await fresh.create.click();
  await scenarios.isOpen('Night smoke');
  const before = textOf(home);

  await scenarios.tab('General');
  await scenarios.field('Seed').fill('42');
  await scenarios.tab('Conversations');
  await scenarios.turn(1).fill('Good evening: is anybody there?');
  await scenarios.tab('YAML');
  await expect(scenarios.line('seed: 42')).toBeVisible();
  await expect(scenarios.line('"Good evening: is anybody there?"')).toBeVisible();

  await scenarios.line('seed: 42').click();
  await app.keyboard.press('End');
  await app.keyboard.type('7 # by hand');
  await expect(scenarios.unsaved).toBeVisible();
  await scenarios.tab('General');
  await expect(scenarios.field('Seed')).toHaveValue('427');
  await scenarios.field('Seed').fill('8');
  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);
  const after = textOf(home);
  expect(after).toContain('seed: 8 # by hand');
  // Everything else is as it was, comments too.
  const lines = after.split('\n').filter((line) => !/seed:|Good evening/.test(line));
  for (const line of lines) expect(before).toContain(line);

  for (let i = 0; i < 10; i++) await app.keyboard.press('ControlOrMeta+z');
  await scenarios.tab('YAML');
  await expect(scenarios.line('seed:')).toHaveCount(0);
  await expect(scenarios.unsaved).toBeVisible();
  expect(await violations(app)).toEqual([]);
});

test('what is wrong is told at the field and in the list, and found from there', async ({ app }) => {
  const scenarios = new ScenariosPage(app);
  await new Frame(app).goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.tab('Conversations');
  await app.getByTestId('user-tree').getByRole('button', { name: 'callers', exact: true }).click();
  await scenarios.field('Pause between turns').fill('soon');
  await expect(scenarios.problems).toContainText('is not a duration');
  await expect(scenarios.field('Pause between turns')).toHaveAttribute('aria-invalid', 'true');
  await expect(app.getByTestId('run-scenario')).toBeDisabled();

  await scenarios.tab('General');
  expect(await violations(app)).toEqual([]);
  await scenarios.problems.getByRole('button').first().click();
  await expect(scenarios.field('Pause between turns')).toBeFocused();
  await scenarios.field('Pause between turns').fill('');
  await expect(scenarios.problems).toHaveCount(0);
  await expect(app.getByTestId('run-scenario')).toBeEnabled();

  await scenarios.tab('YAML');
  await scenarios.line('seed: 7').click();
  await app.keyboard.press('Home');
  await app.keyboard.type('x: [');
  await scenarios.tab('General');
  await expect(scenarios.yamlProblem).toContainText('The YAML has a problem in line');
  await expect(scenarios.field('Name')).toHaveValue('Practice run (copy)');
  await expect(scenarios.field('Name')).toHaveAttribute('readonly');
});

test('turns and conversations come, go and move', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  await new Frame(app).goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.tab('Conversations');
  await expect(scenarios.turns).toHaveCount(5);
  await scenarios.turn(5).focus();
  await app.keyboard.press('Enter');
  await expect(scenarios.turn(6)).toBeFocused();
  await app.keyboard.type('One more thing');
  await app.keyboard.press('Alt+ArrowUp');
  await expect(scenarios.turn(5)).toHaveValue('One more thing');
  await expect(scenarios.turn(5)).toBeFocused();
  await scenarios.editor.getByLabel('The answer to turn 5 is interrupted').check();
  await expect(scenarios.field('After').last()).toHaveValue('300ms');

  const grip = scenarios.editor.getByLabel('Drag turn 1');
  const third = await scenarios.turns.nth(2).boundingBox();
  await grip.hover();
  await app.mouse.down();
  if (third === null) throw new Error('The third turn is not on screen');
  await app.mouse.move(third.x + 30, third.y + third.height / 2, { steps: 12 });
  await app.mouse.move(third.x + 30, third.y + third.height - 4, { steps: 6 });
  await app.mouse.up();
  await expect(scenarios.turn(1)).toHaveValue(/I'm calling about/);

  await app.getByTestId('user-tree').getByRole('button', { name: 'From library…' }).click();
  await app
    .getByTestId('library-dialog')
    .getByRole('button', { name: /quick_question.*Smoke test/ })
    .click();
  await expect(scenarios.conversation('quick_question 2')).toHaveAttribute('aria-current', 'true');
  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);
  const text = textOf(home);
  expect(text).toContain('- say: One more thing');
  expect(text).toContain('# Half of the callers do not let the agent finish this answer.');
  expect(text.indexOf("I'm calling about")).toBeLessThan(text.indexOf('Hello, my name is Alice Brown'));
});

test('a scenario is renamed, copied, deleted and brought back', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  await new Frame(app).goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.choose('Rename');
  await scenarios.nameDialog.getByLabel('Name').fill('Evening peak');
  await app.keyboard.press('Enter');
  await scenarios.isOpen('Evening peak');
  expect(onlyFile(home)).toMatch(/evening.peak/i);

  await scenarios.choose('Delete');
  await expect(scenarios.row('Evening peak')).toHaveCount(0);
  expect(files(home)).toEqual([]);
  await app.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await scenarios.isOpen('Evening peak');

  await scenarios.tab('General');
  await scenarios.field('Warm-up').fill('5s');
  await scenarios.choose('Save as');
  await scenarios.nameDialog.getByLabel('Name').fill('With warm-up');
  await app.keyboard.press('Enter');
  await expect(scenarios.row('With warm-up')).toBeVisible();
  await expect(scenarios.unsaved).toHaveCount(0);
  expect(files(home)).toHaveLength(2);
});

test('what is not saved is not lost on the way out', async ({ app }) => {
  const scenarios = new ScenariosPage(app);
  const frame = new Frame(app);
  await frame.goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.tab('General');
  await scenarios.field('Seed').fill('99');
  await scenarios.row('Smoke test').getByRole('link').click();
  await expect(scenarios.leaveDialog).toContainText('Practice run (copy)');
  await app.keyboard.press('Escape');
  await scenarios.isOpen('Practice run (copy)');
  await expect(scenarios.field('Seed')).toHaveValue('99');

  await app.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Runs' }).click();
  await scenarios.leaveDialog.getByRole('button', { name: 'Save' }).click();
  await expect(app.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible();
  await frame.goTo('Scenarios');
  await scenarios.open('Practice run (copy)');
  await scenarios.tab('General');
  await expect(scenarios.field('Seed')).toHaveValue('99');

  await scenarios.field('Seed').fill('100');
  await scenarios.row('Smoke test').getByRole('link').click();
  await scenarios.leaveDialog.getByRole('button', { name: 'Discard' }).click();
  await scenarios.isOpen('Smoke test');
  await scenarios.open('Practice run (copy)');
  await expect(scenarios.field('Seed')).toHaveValue('99');
});

test('a file that somebody else writes is noticed', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  await new Frame(app).goTo('Scenarios');
  await scenarios.duplicatePractice();
  await scenarios.tab('General');
  const path = onlyFile(home);
  const put = (from: string, to: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));

  put('seed: 7', 'seed: 8');
  await expect(scenarios.field('Seed')).toHaveValue('8');
  await expect(scenarios.unsaved).toHaveCount(0);

  await scenarios.field('Warm-up').fill('3s');
  put('seed: 8', 'seed: 9');
  await expect(scenarios.meanwhile).toContainText('changed on disk');
  await scenarios.meanwhile.getByRole('button', { name: 'Compare' }).click();
  await expect(scenarios.compareDialog).toContainText('seed: 9');
  await expect(scenarios.compareDialog).toContainText('warm_up: 3s');
  expect(await violations(app)).toEqual([]);
  await scenarios.compareDialog.getByRole('button', { name: 'Keep mine' }).click();
  await expect(scenarios.meanwhile).toHaveCount(0);
  await scenarios.save.click();
  await expect(scenarios.unsaved).toHaveCount(0);
  expect(readFileSync(path, 'utf8')).toContain('seed: 8');

  rmSync(path);
  await expect(scenarios.meanwhile).toContainText('deleted');
  await scenarios.meanwhile.getByRole('button', { name: 'Save it again' }).click();
  await expect(scenarios.meanwhile).toHaveCount(0);
  expect(readFileSync(path, 'utf8')).toContain('warm_up: 3s');
});

test('a scenario is made, written and saved by keyboard alone', async ({ app, home }) => {
  const scenarios = new ScenariosPage(app);
  await app.keyboard.press('g');
  await app.keyboard.press('s');
  await expect(scenarios.editor).toBeVisible();
  await app.keyboard.press('n');
  const fresh = new NewScenarioPage(app);
  await expect(fresh.name).toBeFocused();
  await expect(fresh.preset('Smoke')).toBeVisible();
  await app.keyboard.press('ControlOrMeta+A');
  await app.keyboard.type('By keyboard');
  await app.keyboard.press('Enter');
  await scenarios.isOpen('By keyboard');

  await app.getByRole('tab', { name: 'General' }).focus();
  await app.keyboard.press('ArrowRight');
  await expect(app.getByRole('tab', { name: 'Conversations' })).toBeFocused();
  await scenarios.turn(1).focus();
  await app.keyboard.press('End');
  await app.keyboard.press('Enter');
  await app.keyboard.type('I am in a hurry');
  await app.keyboard.press('ControlOrMeta+s');
  await expect(scenarios.unsaved).toHaveCount(0);
  expect(textOf(home)).toContain('- say: I am in a hurry');

  await app.getByRole('tab', { name: 'Conversations' }).focus();
  for (let i = 0; i < 3; i++) await app.keyboard.press('ArrowRight');
  await expect(app.getByRole('tab', { name: 'YAML' })).toBeFocused();
  await scenarios.yaml.focus();
  await app.keyboard.press('ControlOrMeta+f');
  await app.keyboard.type('hurry');
  await app.keyboard.press('Enter');
  await app.keyboard.press('Escape');
  await expect(scenarios.yaml).toBeFocused();
  // Letters that are keys of the app elsewhere are text here.
  await app.keyboard.type('gr');
  await expect(scenarios.line('I am in a gr')).toBeVisible();
  await app.keyboard.press('Tab');
  await expect(scenarios.yaml).not.toBeFocused();
  await app.keyboard.press('ControlOrMeta+z');
  await expect(scenarios.line('I am in a hurry')).toBeVisible();
});
