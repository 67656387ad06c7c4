import type { Page } from '@playwright/test';

/** One recorded call: both sides, its moments and its messages. */
export class CallPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Links to recorded calls, in the tables of a run. */
  get links() {
    return this.page.getByTestId('recorded-call');
  }

  get timeline() {
    return this.page.getByTestId('call-timeline');
  }

  /** Marks of one kind: `end_of_speech`, `first_audio`, `barge_in`, `stop`. */
  moments(kind: string) {
    return this.page.locator(`[data-testid="moment"][data-kind="${kind}"]`);
  }

  gaps(kind: 'ttfa' | 'barge_in') {
    return this.page.locator(`[data-testid="gap"][data-kind="${kind}"]`);
  }

  get messages() {
    return this.page.getByTestId('message-row');
  }

  get search() {
    return this.page.getByTestId('message-search');
  }

  get detail() {
    return this.page.getByTestId('message-detail');
  }

  get play() {
    return this.page.getByTestId('play');
  }

  get time() {
    return this.page.getByTestId('call-time');
  }

  get download() {
    return this.page.getByTestId('download-call');
  }

  /** The stretch in view, ms. */
  async view(): Promise<{ from: number; to: number }> {
    const read = async (name: string) => Number(await this.timeline.getAttribute(name));
    return { from: await read('data-from'), to: await read('data-to') };
  }
}
