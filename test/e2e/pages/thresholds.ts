import type { Page } from '@playwright/test';

/** The thresholds of a scenario that is open. */
export class ThresholdsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get tab() {
    return this.page.getByTestId('thresholds-tab');
  }

  get rows() {
    return this.tab.getByTestId('threshold-row');
  }

  get addDefaults() {
    return this.tab.getByTestId('add-defaults');
  }

  get add() {
    return this.tab.getByTestId('add-threshold');
  }

  /** A field of a row, by number from 1. */
  field(what: 'Metric' | 'Statistic' | 'Condition' | 'Target' | 'Acceptable', row: number) {
    return this.tab.getByLabel(`${what} of threshold ${row}`, { exact: true });
  }

  button(what: 'Move' | 'Duplicate' | 'Remove' | 'More of', row: number) {
    return this.tab.getByRole('button', { name: new RegExp(`^${what} threshold ${row}`) });
  }

  /** The rows as sentences. */
  sentences(): Promise<string[]> {
    return this.tab.getByTestId('threshold-sentence').allInnerTexts();
  }

  get details() {
    return this.tab.getByTestId('threshold-details');
  }
}
