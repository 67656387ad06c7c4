import type { Page } from '@playwright/test';

/** Runs side by side, and trends. */
export class ComparePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get pick() {
    return this.page.getByTestId('pick-runs');
  }

  get picker() {
    return this.page.getByTestId('run-picker');
  }

  pickable(name: string) {
    return this.picker.getByRole('checkbox', { name });
  }

  get comparePicked() {
    return this.page.getByTestId('compare-picked');
  }

  /** The heads of the columns. */
  get runs() {
    return this.page.getByTestId('compared-run');
  }

  get sentence() {
    return this.page.getByTestId('sentence');
  }

  /** The row of a metric and statistic: `ttfa p95`. */
  row(metric: string) {
    return this.page.locator(`[data-testid="compared-row"][data-metric="${metric}"]`);
  }

  difference(metric: string) {
    return this.row(metric).getByTestId('difference');
  }

  get curves() {
    return this.page.getByTestId('compared-curves');
  }

  get charts() {
    return this.page.getByTestId('compared-charts');
  }

  get differences() {
    return this.page.getByTestId('differences');
  }

  /** Of a column, from 0: the mark of its scenario's baseline. */
  baseline(column: number) {
    return this.runs.nth(column).getByTestId('baseline');
  }

  makeFirst(column: number) {
    return this.runs.nth(column).getByTestId('make-first');
  }

  remove(column: number) {
    return this.runs.nth(column).getByTestId('remove-column');
  }

  /** To the periods of the run that is open, from their table. */
  get periods() {
    return this.page.getByTestId('compare-periods');
  }

  get addPeriod() {
    return this.page.getByTestId('add-period');
  }

  get allPeriods() {
    return this.page.getByTestId('all-periods');
  }

  tab(name: 'Runs' | 'Trends') {
    return this.page.getByRole('tab', { name, exact: true });
  }

  get points() {
    return this.page.getByTestId('trend-point');
  }

  get trendRows() {
    return this.page.getByTestId('trend-row');
  }

  get metric() {
    return this.page.getByTestId('trend-metric');
  }

  get pickerSearch() {
    return this.page.getByTestId('run-picker-search');
  }
}
