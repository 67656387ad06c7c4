import type { Page } from '@playwright/test';

/** The list of runs. */
export class RunsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get empty() {
    return this.page.getByTestId('empty-state');
  }

  get practice() {
    return this.page.getByTestId('practice-run');
  }

  /** Which calls of the next run are recorded. */
  get record() {
    return this.page.getByTestId('record-calls');
  }

  get rows() {
    return this.page.getByTestId('run-row');
  }

  /** How many there are, in words. */
  get count() {
    return this.page.getByRole('status').filter({ hasText: /runs?$/ });
  }

  get search() {
    return this.page.getByRole('searchbox', { name: 'Search runs' });
  }

  /** What can be done with the runs that are chosen. */
  get selection() {
    return this.page.getByTestId('selection-bar');
  }

  link(name: string) {
    return this.rows.getByRole('link', { name, exact: true });
  }

  choose(name: string) {
    return this.page.getByRole('checkbox', { name: `Choose ${name}`, exact: true });
  }

  filter(name: string) {
    return this.page.getByRole('group', { name: 'Show only' }).getByRole('button', { name });
  }

  get importResults() {
    return this.page.getByTestId('import-results').first();
  }

  get importDialog() {
    return this.page.getByTestId('import-results-dialog');
  }
}
