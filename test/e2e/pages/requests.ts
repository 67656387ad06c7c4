import type { Locator, Page } from '@playwright/test';

/** A run whose users make requests: its tables under the charts, and its Requests tab. */
export class RequestsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Goes to a tab of the run that is open. */
  async show(tab: 'Overview' | 'Latency' | 'Requests' | 'Errors'): Promise<void> {
    await this.tab(tab).click();
  }

  tab(name: string): Locator {
    return this.page.getByRole('tablist', { name: 'Parts of the run' }).getByRole('tab', { name });
  }

  headline(metric: string): Locator {
    return this.page.locator(`[data-testid="headline"][data-metric="${metric}"]`);
  }

  chart(name: string): Locator {
    return this.page.getByTestId(`chart-${name}`);
  }

  /** Chooses a table below the charts. */
  async chooseTable(name: string): Promise<void> {
    await this.page
      .getByRole('group', { name: 'Table below the charts' })
      .getByRole('button', { name })
      .click();
  }

  rowOf(name: string): Locator {
    return this.page.locator(`[data-testid="request-row-of"][data-key="${name}"]`);
  }

  get total(): Locator {
    return this.page.getByTestId('request-total');
  }

  periodRow(name: string): Locator {
    return this.page.locator(`[data-testid="period-row"][data-key="${name}"]`);
  }

  get rows(): Locator {
    return this.page.getByTestId('request-row');
  }

  get rowLinks(): Locator {
    return this.rows.getByRole('link');
  }

  get count(): Locator {
    return this.page.getByTestId('request-count');
  }

  get outcome(): Locator {
    return this.page.getByTestId('request-outcome');
  }

  get slower(): Locator {
    return this.page.getByTestId('request-slower');
  }

  get detail(): Locator {
    return this.page.getByTestId('request-detail');
  }

  part(name: string): Locator {
    return this.detail.locator(`[data-testid="waterfall-part"][data-part="${name}"]`);
  }
}
