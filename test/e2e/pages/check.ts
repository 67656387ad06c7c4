import { expect, type Page } from '@playwright/test';
import type { CheckStepName } from '../../../src/contract/checkSteps.ts';

/** The check of a target: what is checked, its steps, and every frame of its call. */
export class CheckPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async isShown(): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'Check', level: 1 })).toBeVisible();
  }

  kind(name: 'Scenario' | 'Environment' | 'Address') {
    return this.page.getByRole('radiogroup', { name: 'What is checked' }).getByRole('radio', { name });
  }

  get address() {
    return this.page.getByTestId('check-url');
  }

  get start() {
    return this.page.getByTestId('start-check');
  }

  get cancel() {
    return this.page.getByTestId('cancel-check');
  }

  get verdict() {
    return this.page.getByTestId('check-verdict');
  }

  get steps() {
    return this.page.getByTestId('check-step');
  }

  step(name: CheckStepName) {
    return this.page.locator(`[data-testid="check-step"][data-step="${name}"]`);
  }

  /** Every step with what became of it, in order. */
  outcome(): Promise<Record<string, string>> {
    return this.steps.evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [row.getAttribute('data-step') ?? '', row.getAttribute('data-status') ?? '']),
      ),
    );
  }

  /** Those on screen; the list has more when it is long. */
  get frames() {
    return this.page.getByTestId('frame-row');
  }

  get list() {
    return this.page.getByRole('region', { name: /^Frames;/ });
  }

  /** `1,565 frames`, or `12 of 1,565`. */
  get count() {
    return this.page.getByRole('region', { name: 'Frames of the call' }).getByRole('status');
  }

  get search() {
    return this.page.getByTestId('frame-search');
  }

  get direction() {
    return this.page.getByLabel('Direction', { exact: true });
  }

  get classOf() {
    return this.page.getByLabel('Class', { exact: true });
  }

  get withoutAudio() {
    return this.page.getByLabel('Without audio');
  }

  get detail() {
    return this.page.getByTestId('frame-detail');
  }

  get save() {
    return this.page.getByTestId('save-frames');
  }
}
