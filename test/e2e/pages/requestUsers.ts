import type { Locator, Page } from '@playwright/test';

/** Users of a scenario that make requests: the tree beside the form, their steps, and a step's fields. */
export class RequestUsersPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get tree() {
    return this.page.getByTestId('user-tree');
  }

  /** A users entry, list of steps, task, group or stage of the tree. */
  node(name: string) {
    return this.tree.getByRole('button', { name: new RegExp(`^${name}( |$)`) }).first();
  }

  async addUsers(kind: 'Callers who speak' | 'HTTP clients' | 'gRPC clients'): Promise<void> {
    await this.tree.getByTestId('add-users').click();
    await this.page.getByRole('menuitem', { name: kind }).click();
  }

  async addStage(what: string): Promise<void> {
    await this.tree.getByTestId('add-stage').click();
    await this.page.getByRole('menuitem', { name: what }).click();
  }

  get steps() {
    return this.page.getByTestId('step-row');
  }

  step(number: number) {
    return this.steps.nth(number - 1).getByTestId('step-open');
  }

  get addStep() {
    return this.page.getByTestId('add-step');
  }

  /** The fields of the step that is open. */
  get fields() {
    return this.page.getByTestId('step-fields');
  }

  field(label: string): Locator {
    return this.fields.getByLabel(label, { exact: true });
  }

  /** Puts a name in at the caret. */
  async insert(name: string): Promise<void> {
    await this.fields.getByTestId('insert-menu').click();
    await this.page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click();
  }

  /** Opens a folded part of the open step's fields. */
  async unfold(title: string): Promise<void> {
    const part = this.fields
      .locator('details')
      .filter({ has: this.page.locator('summary', { hasText: title }) });
    if ((await part.getAttribute('open')) === null) await part.locator('summary').click();
  }
}
