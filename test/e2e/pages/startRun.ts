import { expect, type Page } from '@playwright/test';

/** The Run button with its menu, and the dialog that asks before a run. */
export class StartRunPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Shows a scenario, so that it can be run. */
  async open(scenario: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('link', { name: 'Scenarios' })
      .click();
    await this.page.getByTestId('scenario-row').filter({ hasText: scenario }).first().click();
    await expect(this.page.getByRole('heading', { name: scenario, level: 1 })).toBeVisible();
  }

  get run() {
    return this.page.getByTestId('run-scenario');
  }

  async openMenu(): Promise<void> {
    await this.page.getByTestId('run-more').click();
  }

  choice(name: string | RegExp) {
    return this.page.getByTestId('run-menu').getByRole('menuitem', { name });
  }

  aim(name: string | RegExp) {
    return this.page.getByTestId('run-menu').getByRole('menuitemradio', { name });
  }

  get dialog() {
    return this.page.getByTestId('run-dialog');
  }

  refusal(code: 'guard' | 'limits' | 'calibration') {
    return this.dialog.locator(`[data-testid="run-refusal"][data-code="${code}"]`);
  }

  get name() {
    return this.dialog.getByTestId('run-confirm');
  }

  get command() {
    return this.dialog.getByTestId('run-command');
  }

  get confirmed() {
    return this.dialog.getByTestId('run-confirmed');
  }

  get environment() {
    return this.page.getByTestId('status-environment');
  }

  get more() {
    return this.page.getByTestId('run-more');
  }

  /** Whether the keyboard is on an entry of the menu. */
  isAt(name: string | RegExp): Promise<boolean> {
    return this.choice(name).evaluate((element) => element === document.activeElement);
  }
}
