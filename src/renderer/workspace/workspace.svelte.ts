import type { WorkspaceReport } from '#contract/api/workspace';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { conversationList } from '../audio/conversationList.svelte.ts';
import { environmentList } from '../environments/environmentList.svelte.ts';
import { scenarioList } from '../scenarios/scenarioList.svelte.ts';
import { application } from '../settings/application.svelte.ts';

/** The folder whose files are shown, and the way to another one. */
class Workspace {
  #report: WorkspaceReport | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #busy = $state(false);
  #choosing = $state(false);

  constructor() {
    api.workspace.on('changed', (report) => this.#take(report, true));
    connection.onReturn(() => void this.load());
  }

  get report(): WorkspaceReport | null {
    return this.#report;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Whether the system's dialog is open, or the folder is being changed. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Whether the dialog to choose another one is open. */
  get choosing(): boolean {
    return this.#choosing;
  }

  openChooser(): void {
    this.#choosing = true;
  }

  closeChooser(): void {
    this.#choosing = false;
  }

  async load(): Promise<void> {
    const answer = await api.workspace.get(undefined);
    if (answer.ok) this.#take(answer.value, false);
    this.#error = answer.ok ? null : answer.error;
  }

  /** Uses another folder from now on; why it cannot be used, or null. */
  async choose(path: string): Promise<AppError | null> {
    if (this.#busy) return null;
    this.#busy = true;
    const answer = await api.workspace.choose({ path });
    this.#busy = false;
    if (!answer.ok) return answer.error;
    this.#take(answer.value, true);
    return null;
  }

  /** Asks with the system's dialog, then uses what was chosen; why that could not be, or null. */
  async browse(): Promise<AppError | null> {
    if (this.#busy) return null;
    this.#busy = true;
    const answer = await api.workspace.browse(undefined);
    this.#busy = false;
    if (!answer.ok) return answer.error;
    return answer.value.path === null ? null : this.choose(answer.value.path);
  }

  /** Lists what lies in it, where that was not done yet. */
  look(): void {
    if (!conversationList.loaded) void conversationList.load();
    if (!environmentList.loaded) void environmentList.load();
    if (!scenarioList.loaded) void scenarioList.load();
  }

  #take(report: WorkspaceReport, changed: boolean): void {
    const moved = this.#report !== null && this.#report.path !== report.path;
    this.#report = report;
    if (!changed || !moved) return;
    for (const list of [scenarioList, environmentList, conversationList, application]) void list.load();
  }
}

export const workspace = new Workspace();
