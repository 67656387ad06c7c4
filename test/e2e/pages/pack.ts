import { expect, type Page } from '@playwright/test';

/** The dialog that puts a pack together, opened from a scenario's Run menu. */
export class PackPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens it for the scenario of that name. */
  async open(scenario: string): Promise<void> {
    await this.page.getByTestId('scenario-row').getByRole('link', { name: scenario }).click();
    await expect(this.page.getByRole('heading', { name: scenario, level: 1 })).toBeVisible();
    await this.page.getByTestId('run-more').click();
    await this.page.getByTestId('run-menu').getByRole('menuitem', { name: 'Export pack' }).click();
  }

  get dialog() {
    return this.page.getByTestId('pack-dialog');
  }

  async choose(purpose: 'Azure Load Testing' | 'Plain Locust'): Promise<void> {
    await this.dialog.getByRole('radio', { name: purpose }).check({ force: true });
  }

  async as(kind: 'Folder' | 'Zip'): Promise<void> {
    await this.dialog.getByRole('radio', { name: kind }).check({ force: true });
  }

  field(label: string) {
    return this.dialog.getByLabel(label, { exact: true });
  }

  get place() {
    return this.dialog.getByLabel('Where to, on this machine');
  }

  get conversations() {
    return this.dialog.getByTestId('pack-conversations');
  }

  checks(level: 'ok' | 'warning' | 'error') {
    return this.dialog.locator(`[data-testid="pack-check"][data-level="${level}"]`);
  }

  get files() {
    return this.dialog.getByTestId('pack-file');
  }

  get sum() {
    return this.dialog.getByTestId('pack-sum');
  }

  get commands() {
    return this.dialog.getByTestId('pack-command');
  }

  async show(part: 'Files' | 'Test file' | 'Commands'): Promise<void> {
    await this.dialog.getByRole('tab', { name: part }).click();
  }

  get write() {
    return this.dialog.getByTestId('pack-write');
  }

  get written() {
    return this.dialog.getByTestId('pack-written');
  }

  get path() {
    return this.dialog.getByTestId('pack-path');
  }

  /** Every file on screen by its name, with its size in bytes as the hover says it. */
  async sizes(): Promise<Record<string, number>> {
    const rows = await this.files.evaluateAll((found) =>
      found.map((row) => ({
        name: row.querySelector('td')?.textContent.trim() ?? '',
        bytes: row.querySelector('td:last-child')?.getAttribute('title') ?? '',
      })),
    );
    return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes.replace(/\D/g, ''))]));
  }
}
