import type { Page } from '@playwright/test';

/** The history among the settings: its size, a copy of it, and what goes. */
export class HistorySettingsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get panel() {
    return this.page.getByTestId('history-settings');
  }

  /** What stands beside a name: `Size`, `Runs`. */
  fact(name: string) {
    return this.panel.locator('dl > div').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  get backUp() {
    return this.page.getByTestId('back-up');
  }

  /** Path of the last copy. */
  get copy() {
    return this.page.getByTestId('last-backup');
  }

  rule(name: 'Older than' | 'All but the newest') {
    return this.panel.getByRole('checkbox', { name });
  }

  amount(name: string | RegExp) {
    return this.panel.getByRole('textbox', { name });
  }

  get preview() {
    return this.page.getByTestId('prune-preview');
  }

  get byItself() {
    return this.page.getByTestId('retention-on');
  }

  get state() {
    return this.page.getByTestId('retention-state');
  }

  get dialog() {
    return this.page.getByRole('dialog');
  }

  /** What would go. */
  get going() {
    return this.dialog.getByRole('region', { name: 'Runs that go' }).locator('tbody tr');
  }

  get confirm() {
    return this.page.getByTestId('confirm-prune');
  }
}
