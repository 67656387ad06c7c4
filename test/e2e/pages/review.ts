import type { Locator, Page } from '@playwright/test';

export type Section =
  'percentiles' | 'curve' | 'heat-map' | 'by-turn' | 'by-conversation' | 'by-user' | 'connections' | 'audio';

/** What is looked up in a run that is over: latencies, turns, calls, errors. */
export class ReviewPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Goes to a tab of the run that is open. */
  async show(tab: 'Latency' | 'Turns' | 'Calls' | 'Errors' | 'Scenario'): Promise<void> {
    await this.page
      .getByRole('tablist', { name: 'Parts of the run' })
      .getByRole('tab', { name: tab })
      .click();
  }

  section(name: Section): Locator {
    return this.page.getByTestId(`review-${name}`);
  }

  percentiles(metric: string): Locator {
    return this.page.locator(`[data-testid="percentile-row"][data-metric="${metric}"]`);
  }

  get curve(): Locator {
    return this.page.getByTestId('percentile-curve');
  }

  get heatCells(): Locator {
    return this.page.getByTestId('heat-cells');
  }

  get heatWords(): Locator {
    return this.page.getByTestId('heat-words');
  }

  get turns(): Locator {
    return this.page.getByTestId('turn-row');
  }

  get turnCount(): Locator {
    return this.page.getByTestId('turn-count');
  }

  get chips(): Locator {
    return this.page.getByTestId('filter-chip');
  }

  /** Sorts a table by a column. */
  async sortBy(column: string): Promise<void> {
    await this.page.getByRole('columnheader', { name: column }).getByRole('button').click();
  }

  get errorKinds(): Locator {
    return this.page.getByTestId('error-row');
  }

  get singleErrors(): Locator {
    return this.page.getByTestId('single-error');
  }

  get calls(): Locator {
    return this.page.getByTestId('call-row');
  }

  /** Who spoke when, in the lanes of a call that cannot be heard. */
  spoken(lane: 'caller' | 'agent'): Locator {
    return this.page.locator(`[data-testid="spoken"][data-lane="${lane}"]`);
  }

  get notRecorded(): Locator {
    return this.page.getByTestId('not-recorded');
  }

  get connection(): Locator {
    return this.page.getByTestId('connection-facts');
  }

  get columns(): Locator {
    return this.page.getByTestId('columns');
  }

  /** Which columns the turns have. */
  get columnBox(): Locator {
    return this.page.getByRole('group', { name: 'Columns' });
  }

  get withError(): Locator {
    return this.page.getByTestId('turn-error');
  }

  get turnSearch(): Locator {
    return this.page.getByTestId('turn-search');
  }
}
