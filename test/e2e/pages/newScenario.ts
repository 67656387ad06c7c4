import { expect, type Page } from '@playwright/test';

/** The two dialogs that begin a scenario: from a preset, and from what another tool has. */
export class NewScenarioPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** To the scenarios, by the keyboard. */
  async openScreen(): Promise<void> {
    await this.page.keyboard.press('g');
    await this.page.keyboard.press('s');
    await expect(this.page.getByRole('heading', { name: 'Practice run', level: 1 })).toBeVisible();
  }

  get dialog() {
    return this.page.getByTestId('new-scenario-dialog');
  }

  get name() {
    return this.page.getByTestId('new-scenario-name');
  }

  get presets() {
    return this.page.getByTestId('preset');
  }

  preset(title: string) {
    return this.presets.filter({ has: this.page.locator('strong', { hasText: new RegExp(`^${title}$`) }) });
  }

  get create() {
    return this.page.getByTestId('create-scenario');
  }

  get importDialog() {
    return this.page.getByTestId('import-scenario-dialog');
  }

  get text() {
    return this.page.getByTestId('import-text');
  }

  get file() {
    return this.page.getByTestId('import-file');
  }

  get read() {
    return this.page.getByTestId('import-read');
  }

  get importName() {
    return this.page.getByTestId('import-name');
  }

  get yaml() {
    return this.page.getByTestId('import-yaml');
  }

  notes(level: 'taken' | 'changed' | 'left_out') {
    return this.page.locator(`[data-testid="import-note"][data-level="${level}"]`);
  }

  get createImported() {
    return this.page.getByTestId('import-create');
  }

  get problem() {
    return this.page.getByTestId('dialog-problem');
  }

  /** Opens a dialog by its name in the command palette. */
  async ask(command: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+k');
    await this.page.keyboard.type(command);
    await this.page.getByRole('option', { name: command }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }
}
