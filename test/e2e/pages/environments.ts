import { expect, type Page } from '@playwright/test';

/** The environments, their editor and the secrets. */
export class EnvironmentsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get empty() {
    return this.page.getByTestId('empty-state');
  }

  get rows() {
    return this.page.getByTestId('environment-row');
  }

  row(name: string) {
    return this.rows.filter({ hasText: name });
  }

  async open(name: string): Promise<void> {
    await this.row(name).click();
    await expect(this.name).toHaveText(name);
  }

  get editor() {
    return this.page.getByTestId('environment-editor');
  }

  /** As the head of the editor has it. */
  get name() {
    return this.page.getByTestId('environment-name');
  }

  get unsaved() {
    return this.page.getByTestId('unsaved');
  }

  field(label: string) {
    return this.editor.getByLabel(label, { exact: true });
  }

  /** The text beside the form. */
  get yaml() {
    return this.editor.locator('.cm-content');
  }

  get problems() {
    return this.page.getByTestId('problem-list');
  }

  get unverified() {
    return this.page.getByTestId('unverified');
  }

  get save() {
    return this.page.getByTestId('save-environment');
  }

  get tryIt() {
    return this.page.getByTestId('try-environment');
  }

  probe(tone: 'pass' | 'warn' | 'fail' | 'info') {
    return this.page.locator(`[data-testid="probe-line"][data-tone="${tone}"]`);
  }

  async menu(item: string): Promise<void> {
    await this.page.getByTestId('environment-menu').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  get keepAsSecret() {
    return this.page.getByTestId('keep-as-secret');
  }

  get secretDialog() {
    return this.page.getByTestId('secret-dialog');
  }

  get keep() {
    return this.page.getByTestId('keep-secret');
  }

  async showSecrets(): Promise<void> {
    await this.page.getByRole('radio', { name: /^Secrets/ }).check({ force: true });
  }

  secret(name: string) {
    return this.page.locator(`[data-testid="secret-row"][data-name="${name}"]`);
  }
}
