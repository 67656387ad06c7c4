import type { Page } from '@playwright/test';

/** The workspace: its folder in the status bar, and the dialog that chooses another one. */
export class WorkspacePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get inStatusBar() {
    return this.page.getByTestId('status-workspace');
  }

  get dialog() {
    return this.page.getByTestId('workspace-dialog');
  }

  get path() {
    return this.dialog.getByTestId('workspace-path');
  }

  get contents() {
    return this.dialog.getByTestId('workspace-contents');
  }

  get typed() {
    return this.dialog.getByTestId('workspace-typed');
  }

  get recent() {
    return this.dialog.getByTestId('workspace-recent');
  }
}
