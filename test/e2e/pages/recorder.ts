import { expect, type Page } from '@playwright/test';

/** The dialog that records a clip, opened for the first turn of a new conversation. */
export class RecorderPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Makes a conversation and opens the recorder for its first turn. */
  async open(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Audio' }).click();
    await this.page.getByTestId('new-conversation').click();
    if ((await this.turn.count()) === 0) await this.page.getByRole('button', { name: 'Add turn' }).click();
    await this.turn.getByRole('button', { name: /more/i }).click();
    await this.page.getByRole('menuitem', { name: /^Record or import/ }).click();
    await expect(this.dialog).toBeVisible();
  }

  get dialog() {
    return this.page.getByTestId('recorder');
  }

  get turn() {
    return this.page.getByTestId('turn-row').first();
  }

  get device() {
    return this.dialog.getByRole('combobox', { name: 'Microphone' });
  }

  get meter() {
    return this.dialog.getByTestId('level-meter');
  }

  get record() {
    return this.dialog.getByTestId('record');
  }

  get countdown() {
    return this.dialog.getByTestId('countdown');
  }

  get recordedTime() {
    return this.dialog.getByTestId('recorded-time');
  }

  get stop() {
    return this.dialog.getByTestId('stop-recording');
  }

  get takeLength() {
    return this.dialog.getByTestId('take-length');
  }

  get play() {
    return this.dialog.getByTestId('play');
  }

  get words() {
    return this.dialog.getByLabel('Words said');
  }

  get name() {
    return this.dialog.getByLabel('Name');
  }

  get save() {
    return this.dialog.getByTestId('save-recording');
  }

  get error() {
    return this.dialog.getByTestId('recorder-error');
  }

  get microphoneError() {
    return this.dialog.getByTestId('microphone-error');
  }

  get fileAbout() {
    return this.dialog.getByTestId('file-about');
  }

  async showMicrophone(): Promise<void> {
    await this.dialog.getByRole('radio', { name: 'Microphone' }).check({ force: true });
  }

  async showFile(): Promise<void> {
    await this.dialog.getByRole('radio', { name: 'File' }).check({ force: true });
  }

  async chooseFile(file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.showFile();
    await this.dialog.getByTestId('file-input').setInputFiles(file);
  }
}
