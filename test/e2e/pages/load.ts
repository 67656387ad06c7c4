import { expect, type Page } from '@playwright/test';

/** The load of a scenario that is open: its preview with points to drag, its fields, its table. */
export class LoadPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get tab() {
    return this.page.getByTestId('load-tab');
  }

  get executor() {
    return this.tab.getByLabel('Executor');
  }

  field(label: string) {
    return this.tab.getByLabel(label, { exact: true });
  }

  get points() {
    return this.tab.getByTestId('load-point');
  }

  /** A point by its name: `Start`, `Stage 2`, `End`. */
  point(name: string) {
    return this.tab.getByRole('button', { name: new RegExp(`^${name}:`) });
  }

  get rows() {
    return this.tab.getByTestId('point-row');
  }

  get add() {
    return this.tab.getByTestId('add-point');
  }

  get forecast() {
    return this.tab.getByTestId('forecast');
  }

  /** What stands in the table, row by row. */
  stages(): Promise<string[]> {
    return this.rows.evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('input')].map((input) => input.value).join(' in ')),
    );
  }

  /** Presses a point and moves it so many pixels; the button stays down. */
  async hold(name: string, right: number, down: number): Promise<void> {
    const box = await this.point(name).boundingBox();
    if (!box) throw new Error(`The point ${name} is not on screen.`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + right, y + down, { steps: 5 });
  }

  async release(): Promise<void> {
    await this.page.mouse.up();
  }

  /** Double-clicks the chart, at shares of its size. */
  async doubleClick(right: number, down: number): Promise<void> {
    const box = await this.tab.getByTestId('load-chart').getByRole('img').boundingBox();
    if (!box) throw new Error('The chart is not on screen.');
    await this.page.mouse.dblclick(box.x + right * box.width, box.y + down * box.height);
  }

  async undo(): Promise<void> {
    await this.page.getByRole('button', { name: /^Undo/ }).click();
  }

  async isShown(): Promise<void> {
    await expect(this.tab).toBeVisible();
    await expect(this.points.first()).toBeVisible();
  }
}
