import { expect, type Page } from '@playwright/test';

/** What surrounds every screen: the rail, the status bar, the palette. */
export class Frame {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async goTo(screen: 'Runs' | 'Scenarios' | 'Audio' | 'Environments' | 'Settings'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
    // The title of the scenarios is the name of the one that is open.
    if (screen === 'Scenarios') await expect(this.page.getByRole('region', { name: screen })).toBeVisible();
    else await expect(this.heading(screen)).toBeVisible();
  }

  heading(name: string) {
    return this.page.getByRole('heading', { name, level: 1 });
  }

  get status() {
    return this.page.getByRole('contentinfo', { name: 'Status' });
  }

  get palette() {
    return this.page.getByTestId('palette');
  }

  /** The theme as it is painted. */
  theme() {
    return this.page.locator('html').getAttribute('data-theme');
  }
}
