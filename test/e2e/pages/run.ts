import type { Page } from '@playwright/test';

type Tab = 'Overview' | 'Latency' | 'Turns' | 'Calls' | 'Errors' | 'Scenario' | 'Report';

/** One run, going on or over. */
export class RunPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get elapsed() {
    return this.page.getByTestId('elapsed');
  }

  get stop() {
    return this.page.getByTestId('stop-run');
  }

  get verdict() {
    return this.page.getByTestId('verdict').first();
  }

  /** A chart, by what it shows. Its canvas is painted once there is a first second. */
  chart(name: string) {
    return this.page.getByTestId(`chart-${name}`);
  }

  get charts() {
    return this.page.getByTestId('charts').locator('canvas');
  }

  get headlines() {
    return this.page.getByTestId('headline');
  }

  metric(name: string) {
    return this.page.locator(`[data-testid="metric-row"][data-metric="${name}"]`);
  }

  async show(tab: Tab): Promise<void> {
    await this.page
      .getByRole('tablist', { name: 'Parts of the run' })
      .getByRole('tab', { name: tab })
      .click();
  }

  get turns() {
    return this.page.getByTestId('turn-row');
  }
}
