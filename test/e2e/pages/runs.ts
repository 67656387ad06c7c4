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
}
