import { expect, type Page } from '@playwright/test';

export type ScenarioTab = 'General' | 'Conversations' | 'Users' | 'Load' | 'Thresholds' | 'YAML';

/** The list of scenarios and the editor of one. */
export class ScenariosPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  row(name: string) {
    return this.page.getByTestId('scenario-row').filter({ hasText: name });
  }

  /** Opens a scenario of the list. */
  async open(name: string): Promise<void> {
    await this.row(name).first().getByRole('link').click();
    await this.isOpen(name);
  }

  async isOpen(name: string): Promise<void> {
    await expect(this.page.getByRole('heading', { name, exact: true, level: 1 })).toBeVisible();
    await expect(this.editor).toBeVisible();
  }

  /** Makes a copy of the bundled practice run to work on. */
  async duplicatePractice(): Promise<void> {
    await this.open('Practice run');
    await this.page.getByRole('button', { name: 'Duplicate to edit' }).click();
    await this.isOpen('Practice run (copy)');
  }

  get editor() {
    return this.page.getByTestId('scenario-editor');
  }

  get readOnly() {
    return this.editor.getByTestId('read-only');
  }

  async tab(name: ScenarioTab): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
    await expect(this.page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  }

  field(label: string) {
    return this.editor.getByLabel(label, { exact: true });
  }

  turn(number: number) {
    return this.editor.getByLabel(`Text of turn ${number}`, { exact: true });
  }

  get turns() {
    return this.editor.getByTestId('turn-row');
  }

  conversation(name: string) {
    return this.editor.getByTestId('conversation-entry').filter({ hasText: name });
  }

  /** Where the text is written. */
  get yaml() {
    return this.editor.getByTestId('yaml-editor').getByRole('textbox', { name: /^YAML of/ });
  }

  line(text: string | RegExp) {
    return this.yaml.locator('.cm-line').filter({ hasText: text });
  }

  get problems() {
    return this.editor.getByTestId('problem-list');
  }

  get yamlProblem() {
    return this.editor.getByTestId('yaml-problem');
  }

  get meanwhile() {
    return this.editor.getByTestId('meanwhile');
  }

  get unsaved() {
    return this.page.getByTestId('unsaved');
  }

  get save() {
    return this.page.getByTestId('save-scenario');
  }

  /** Chooses from the open scenario's menu. */
  async choose(item: string): Promise<void> {
    await this.page.getByTestId('scenario-menu').click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  get nameDialog() {
    return this.page.getByTestId('name-dialog');
  }

  get leaveDialog() {
    return this.page.getByTestId('leave-dialog');
  }

  get compareDialog() {
    return this.page.getByTestId('compare-dialog');
  }
}
