import type { Locator, Page } from '@playwright/test';

/** One turn of the conversation that is open. */
export class TurnRow {
  readonly row: Locator;

  constructor(row: Locator) {
    this.row = row;
  }

  get text() {
    return this.row.getByRole('textbox', { name: /^Text of turn/ });
  }

  /** `ready`, `missing`, `empty`, `broken` … */
  get state() {
    return this.row.getByTestId('turn-state');
  }

  get duration() {
    return this.row.getByTestId('turn-duration');
  }

  get play() {
    return this.row.getByTestId('play');
  }

  get handle() {
    return this.row.getByLabel(/^Drag turn/);
  }

  /** Picks an entry of the row's menu. */
  async pick(name: string | RegExp): Promise<void> {
    await this.row.getByTestId('turn-menu').click();
    await this.row.page().getByRole('menuitem', { name }).click();
  }
}

/** The audio studio. */
export class AudioPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get empty() {
    return this.page.getByTestId('empty-state');
  }

  get create() {
    return this.page.getByTestId('new-conversation');
  }

  get conversations() {
    return this.page.getByTestId('conversation-row');
  }

  get name() {
    return this.page.getByTestId('conversation-name');
  }

  /** Of the whole conversation. */
  get voice() {
    return this.page.getByTestId('voice-picker').first();
  }

  get voices() {
    return this.page.getByTestId('voice-chooser');
  }

  get unsaved() {
    return this.page.getByTestId('unsaved');
  }

  get save() {
    return this.page.getByTestId('save-conversation');
  }

  get turns() {
    return this.page.getByTestId('turn-row');
  }

  /** From 1. */
  turn(number: number): TurnRow {
    return new TurnRow(this.turns.nth(number - 1));
  }

  /** What every turn says, in order. */
  texts(): Promise<string[]> {
    return this.turns
      .locator('textarea')
      .evaluateAll((fields) =>
        fields.map((field) => (field instanceof HTMLTextAreaElement ? field.value : '')),
      );
  }

  get addTurn() {
    return this.page.getByTestId('add-turn');
  }

  get generate() {
    return this.page.getByTestId('generate');
  }

  get announcement() {
    return this.page.getByTestId('turn-announcement');
  }

  get transport() {
    return this.page.getByTestId('transport');
  }

  get verify() {
    return this.page.getByTestId('verify');
  }

  get verifyPanel() {
    return this.page.getByTestId('verify-panel');
  }

  get messages() {
    return this.page.getByTestId('message');
  }

  /** Picks an entry of the menu of the conversation that is open. */
  async pick(name: string | RegExp): Promise<void> {
    await this.page.getByTestId('conversation-menu').click();
    await this.page.getByRole('menuitem', { name }).click();
  }
}
