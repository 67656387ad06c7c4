import type { Page } from '@playwright/test';

/** The settings. */
export class SettingsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  theme(name: 'System' | 'Dark' | 'Light') {
    return this.page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name });
  }

  fact(text: string) {
    return this.page.getByText(text, { exact: true });
  }
}
