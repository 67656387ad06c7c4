import type { Page } from '@playwright/test';

/** What is done while a run is watched: its charts, markers, notes and name. */
export class WatchPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  chart(name: string) {
    return this.page.getByTestId(`chart-${name}`);
  }

  /** How many moments a chart has drawn. */
  async points(name: string): Promise<number> {
    return Number(await this.chart(name).getAttribute('data-points'));
  }

  /** The charts as a whole: arrow keys move their cursor. */
  get charts() {
    return this.page.getByTestId('charts');
  }

  get strip() {
    return this.page.getByTestId('time-strip');
  }

  get flags() {
    return this.page.getByTestId('marker-flag');
  }

  get showAll() {
    return this.strip.getByRole('button', { name: 'Show all' });
  }

  /** Folds a chart to its head, or opens it. */
  async fold(title: string): Promise<void> {
    await this.charts.getByRole('button', { name: title, exact: true }).click();
  }

  async drag(name: string, from: number, to: number): Promise<void> {
    const box = await this.chart(name).locator('.u-over').boundingBox();
    if (!box) throw new Error(`The chart ${name} is not drawn.`);
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width * from, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * to, y, { steps: 4 });
    await this.page.mouse.up();
  }

  /** Notes what happens now, by the keyboard. */
  async mark(text: string): Promise<void> {
    await this.page.keyboard.press('m');
    await this.page.getByTestId('marker-text').fill(text);
    await this.page.keyboard.press('Enter');
  }

  get markers() {
    return this.page.getByTestId('markers');
  }

  get markerList() {
    return this.page.getByTestId('marker');
  }

  get breached() {
    return this.page.getByTestId('breached');
  }

  async setUsers(users: number): Promise<void> {
    await this.page.getByTestId('users-control').click();
    await this.page.getByTestId('users-field').fill(String(users));
    await this.page.getByTestId('users-apply').click();
  }

  table(name: string) {
    return this.page.getByRole('group', { name: 'Table below the charts' }).getByRole('button', { name });
  }

  async rename(name: string): Promise<void> {
    await this.page.getByTestId('run-rename').click();
    await this.page.getByTestId('run-name-field').fill(name);
    await this.page.keyboard.press('Enter');
  }

  async write(note: string, tags: string): Promise<void> {
    await this.page.getByTestId('notes').click();
    await this.page.getByTestId('note').fill(note);
    await this.page.getByTestId('tags').fill(tags);
    await this.page.getByTestId('notes-save').click();
  }

  get star() {
    return this.page.getByTestId('star');
  }

  get markerText() {
    return this.page.getByTestId('marker-text');
  }

  get removeMarker() {
    return this.markerList.getByRole('button', { name: /^Remove the marker/ });
  }

  get baseline() {
    return this.page.getByTestId('baseline');
  }

  get renameButton() {
    return this.page.getByTestId('run-rename');
  }

  get notes() {
    return this.page.getByTestId('notes');
  }

  get notesBox() {
    return this.page.getByTestId('notes-popover');
  }
}
