import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, loaded, test } from './fixtures/app.ts';
import { AudioPage } from './pages/audio.ts';
import { Frame } from './pages/frame.ts';

const spokenWithin = { timeout: 30_000 };

test('a conversation is written, spoken, heard, reordered and kept, with the mouse', async ({ app }) => {
  test.setTimeout(120_000);
  const studio = new AudioPage(app);
  await new Frame(app).goTo('Audio');
  await expect(studio.empty).toContainText('What do your callers say?');
  await studio.create.click();
  await studio.name.fill('card_lost');
  await studio.turn(1).text.fill('I lost my card');
  await studio.addTurn.click();
  await studio.turn(2).text.fill('Please block it');
  await expect(studio.generate).toHaveText(/\(2\)/);
  await studio.generate.click();
  for (const number of [1, 2]) {
    const turn = studio.turn(number);
    await expect(turn.state).toHaveAttribute('data-state', 'ready', spokenWithin);
    await expect(turn.duration).toHaveText(/^[\d.]+ m?s$/);
  }
  await expect(studio.generate).toBeDisabled();

  await studio.turn(1).play.click();
  await expect(studio.turn(1).play).toHaveAttribute('data-playing', /loading|playing/);
  await expect(studio.turn(1).play).toHaveAttribute('data-playing', 'stopped');
  await studio.transport.getByTestId('play').click();
  await expect(studio.transport).toHaveAttribute('data-playing', 'playing');
  await expect(studio.turns.nth(0)).toHaveAttribute('aria-current', 'true');
  await studio.transport.getByRole('button', { name: 'Stop' }).click();
  await expect(studio.transport).toHaveAttribute('data-playing', 'stopped');

  await studio.turn(2).handle.hover();
  await app.mouse.down();
  const first = await studio.turns.nth(0).boundingBox();
  await app.mouse.move((first?.x ?? 0) + 30, (first?.y ?? 0) + 40, { steps: 5 });
  await app.mouse.move((first?.x ?? 0) + 30, (first?.y ?? 0) + 10, { steps: 10 });
  // The list makes room before the drop; the row in hand is besides.
  await expect
    .poll(async () => (await studio.texts()).slice(0, 2))
    .toEqual(['Please block it', 'I lost my card']);
  await app.mouse.up();
  await expect(studio.announcement).toHaveText('Turn 2 moved to place 1 of 2');

  await expect(studio.unsaved).toBeVisible();
  await studio.save.click();
  await expect(studio.unsaved).toBeHidden();
  await app.reload();
  await loaded(app);
  await expect(studio.name).toHaveValue('card_lost');
  await expect.poll(() => studio.texts()).toEqual(['Please block it', 'I lost my card']);
  await expect(studio.turn(1).state).toHaveAttribute('data-state', 'ready');
});

test('the same with the keyboard alone', async ({ app }) => {
  test.setTimeout(120_000);
  const studio = new AudioPage(app);
  const keys = app.keyboard;
  await keys.press('g');
  await keys.press('a');
  await expect(studio.empty).toBeVisible();
  await keys.press('n');
  await expect(studio.name).toBeFocused();
  await keys.type('by_keyboard');
  await keys.press('Enter');
  await keys.type('First things first');
  await keys.press('ControlOrMeta+Enter');
  await keys.type('And then the rest');
  await expect.poll(() => studio.texts()).toEqual(['First things first', 'And then the rest']);

  await keys.press('Alt+ArrowUp');
  await expect(studio.announcement).toHaveText('Turn 2 moved to place 1 of 2');
  await expect(studio.turn(1).text).toBeFocused();
  await expect.poll(() => studio.texts()).toEqual(['And then the rest', 'First things first']);
  await keys.press('ControlOrMeta+z');
  await expect.poll(() => studio.texts()).toEqual(['First things first', 'And then the rest']);
  await keys.press('ControlOrMeta+Shift+z');
  await expect.poll(() => studio.texts()).toEqual(['And then the rest', 'First things first']);
  await keys.press('ControlOrMeta+d');
  await expect(studio.turns).toHaveCount(3);
  await keys.press('ControlOrMeta+Shift+Backspace');
  await expect(studio.turns).toHaveCount(2);

  await keys.press('ControlOrMeta+s');
  await expect(studio.unsaved).toBeHidden();
  await expect(studio.generate).toHaveText(/\(2\)/);
  await keys.press('ControlOrMeta+k');
  await keys.type('generate missing');
  await keys.press('Enter');
  await expect(studio.turn(1).state).toHaveAttribute('data-state', 'ready', spokenWithin);
  await expect(studio.turn(2).state).toHaveAttribute('data-state', 'ready', spokenWithin);
  await app.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await keys.press('Space');
  await expect(studio.transport).toHaveAttribute('data-playing', 'playing');
  await keys.press('Space');
  await expect(studio.transport).toHaveAttribute('data-playing', 'paused');

  await app.reload();
  await loaded(app);
  await expect.poll(() => studio.texts()).toEqual(['And then the rest', 'First things first']);
});

test('a deleted conversation comes back with what was not saved', async ({ app }) => {
  const studio = new AudioPage(app);
  await new Frame(app).goTo('Audio');
  await studio.create.click();
  await studio.name.fill('short_lived');
  await studio.turn(1).text.fill('Saved words');
  await studio.save.click();
  await expect(studio.conversations.filter({ hasText: 'short_lived' })).toHaveCount(1);
  await studio.turn(1).text.fill('Unsaved words');
  await studio.pick('Delete');
  await expect(studio.conversations.filter({ hasText: 'short_lived' })).toHaveCount(0);
  await studio.messages.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.name).toHaveValue('short_lived');
  await expect(studio.turn(1).text).toHaveValue('Unsaved words');
  await expect(studio.unsaved).toBeVisible();
  await app.keyboard.press('ControlOrMeta+s');
  await expect(studio.unsaved).toBeHidden();
});

test('what is written stays when the operator goes elsewhere', async ({ app }) => {
  const studio = new AudioPage(app);
  const frame = new Frame(app);
  await frame.goTo('Audio');
  await studio.create.click();
  await studio.turn(1).text.fill('Not saved yet');
  await frame.goTo('Runs');
  await frame.goTo('Audio');
  await expect(studio.turn(1).text).toHaveValue('Not saved yet');
  await expect(studio.conversations.filter({ hasText: 'not saved yet' })).toHaveCount(1);
  await studio.pick('Discard conversation');
  await expect(studio.empty).toBeVisible();
});

test('a bundled conversation is only shown; its copy is edited', async ({ app }) => {
  const studio = new AudioPage(app);
  await new Frame(app).goTo('Audio');
  await studio.conversations.filter({ hasText: 'insurance_inquiry' }).first().click();
  await expect(studio.turn(1).state).toHaveAttribute('data-state', 'ready');
  await studio.turn(1).text.click();
  await app.keyboard.type('x');
  const note = app.getByTestId('read-only');
  await expect(note).toHaveRole('alert');
  await expect(studio.turn(1).text).not.toHaveValue(/x$/);
  await note.getByRole('button', { name: 'Duplicate' }).click();
  await expect(note).toBeHidden();
  await studio.turn(1).text.fill('My own words');
  await expect(studio.turn(1).state).toHaveAttribute('data-state', 'missing');
  await expect(studio.turn(2).row.getByTestId('turn-tag')).toHaveText('interrupts');
});

test('the clips of the workspace are verified', async ({ app }) => {
  const studio = new AudioPage(app);
  await new Frame(app).goTo('Audio');
  await studio.verify.click();
  await expect(studio.verifyPanel).toHaveAttribute('data-busy', 'no');
  await expect(studio.verifyPanel).toContainText('No clips here');
  await app.keyboard.press('Escape');
  await expect(studio.verifyPanel).toBeHidden();
});

test('a file that somebody else has changed is not overwritten unasked', async ({ app, home }) => {
  const studio = new AudioPage(app);
  await new Frame(app).goTo('Audio');
  await studio.create.click();
  await studio.name.fill('shared');
  await studio.turn(1).text.fill('As it was saved');
  await studio.save.click();
  await expect(studio.unsaved).toBeHidden();
  const folder = join(home, 'workspace', 'conversations');
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const path = join(folder, file ?? 'none');
  const write = (words: string) =>
    writeFileSync(path, `version: 1\nname: shared\nturns:\n  - say: ${words}\n`);

  write('By somebody else');
  await expect(studio.turn(1).text).toHaveValue('By somebody else');
  await studio.turn(1).text.fill('Mine');
  write('By somebody else again');
  await app.keyboard.press('ControlOrMeta+s');
  const question = app.getByTestId('conflict-dialog');
  await expect(question).toBeVisible();
  await question.getByRole('button', { name: 'Not now' }).click();
  await expect(studio.turn(1).text).toHaveValue('Mine');
  await app.keyboard.press('ControlOrMeta+s');
  await question.getByRole('button', { name: 'Reload' }).click();
  await expect(studio.turn(1).text).toHaveValue('By somebody else again');
  await expect(studio.unsaved).toBeHidden();
});

test('a voice of Azure that cannot be had yet leads to the settings of speech', async ({ app }) => {
  const studio = new AudioPage(app);
  await new Frame(app).goTo('Audio');
  await studio.create.click();
  await studio.turn(1).text.fill('Hello');
  await studio.voice.click();
  await studio.voices.getByText('Azure Speech', { exact: true }).click();
  await expect(studio.voices).toContainText('Azure Speech is not set up yet');
  await studio.voices.getByRole('link', { name: /Settings › Speech/ }).click();
  const speech = app.getByTestId('speech-settings');
  await expect(speech.getByTestId('speech-secret-state')).toContainText('None yet');
  await new Frame(app).goTo('Audio');
  await expect(studio.turn(1).text).toHaveValue('Hello');
  await studio.pick('Discard conversation');
});
