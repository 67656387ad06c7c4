import type { AppError } from '#contract/errors';
import type { OpenedScenario } from '#contract/api/scenarios';
import { api } from '../../api/index.ts';
import { YamlDocument } from '../../document/yamlDocument.svelte.ts';
import { messages } from '../../frame/messages.svelte.ts';
import { keyOrder } from '../keyOrder.ts';
import { ScenarioCheck } from './scenarioCheck.svelte.ts';

/** What somebody else did to the file while there are changes here: wrote it, or removed it. */
export type Meanwhile = { kind: 'changed'; theirs: OpenedScenario } | { kind: 'gone' };

/** One scenario as it is open on screen: its text, what is wrong with it, and its file. */
export class OpenScenario {
  readonly check = new ScenarioCheck();
  #path: string;
  #bundled = $state(false);
  #document: YamlDocument | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #saving = $state(false);
  #meanwhile: Meanwhile | null = $state.raw(null);

  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  get bundled(): boolean {
    return this.#bundled;
  }

  /** Null while it is read. */
  get document(): YamlDocument | null {
    return this.#document;
  }

  /** Why it cannot be shown. */
  get error(): AppError | null {
    return this.#error;
  }

  get saving(): boolean {
    return this.#saving;
  }

  get meanwhile(): Meanwhile | null {
    return this.#meanwhile;
  }

  /** Whether something was written that the file does not have. */
  get changed(): boolean {
    return this.#document?.changed === true || this.#meanwhile?.kind === 'gone';
  }

  /** Reads the file. */
  async load(): Promise<void> {
    const answer = await api.scenarios.read({ path: this.#path });
    if (!answer.ok) {
      this.#error = answer.error;
      return;
    }
    this.#error = null;
    this.#bundled = answer.value.bundled;
    const document = new YamlDocument(answer.value.yaml, keyOrder);
    document.saved(answer.value.yaml, answer.value.revision);
    document.readOnly = answer.value.bundled;
    this.#document = document;
    void api.workspace.opened({ path: this.#path });
  }

  /** Looks whether the file is still the one that was read, and follows it where nothing was written here. */
  async follow(): Promise<void> {
    const document = this.#document;
    if (document === null) return this.load();
    if (this.#saving || this.#bundled) return;
    const answer = await api.scenarios.read({ path: this.#path });
    // A save that began meanwhile knows better.
    if (this.#isSaving()) return;
    if (!answer.ok) {
      if (answer.error.kind === 'not_found') this.#meanwhile = { kind: 'gone' };
      return;
    }
    const theirs = answer.value;
    if (theirs.revision === document.revision || theirs.yaml === document.text) {
      document.saved(theirs.yaml, theirs.revision);
      this.#meanwhile = null;
    } else if (document.changed) {
      this.#meanwhile = { kind: 'changed', theirs };
    } else {
      document.reload(theirs.yaml, theirs.revision);
      this.#meanwhile = null;
      messages.info('The scenario was changed on disk; this is what its file says now.');
    }
  }

  /** Takes what the file says now; what was written here can be brought back by undoing. */
  loadTheirs(): void {
    if (this.#meanwhile?.kind !== 'changed') return;
    const { theirs } = this.#meanwhile;
    this.#document?.reload(theirs.yaml, theirs.revision);
    this.#meanwhile = null;
  }

  /** Writes on; the next save puts this text in the place of the other. */
  keepMine(): void {
    if (this.#meanwhile?.kind !== 'changed') return;
    const { theirs } = this.#meanwhile;
    this.#document?.saved(theirs.yaml, theirs.revision);
    this.#meanwhile = null;
  }

  /** Forgets what was written since it was saved. */
  discard(): void {
    this.#document?.revert();
    this.#meanwhile = null;
  }

  /** Writes the file; true when it is written. A file that somebody else wrote meanwhile is left, and told. */
  async save(): Promise<boolean> {
    const document = this.#document;
    if (document === null || this.#bundled || this.#saving) return false;
    this.#saving = true;
    const yaml = document.text;
    const answer = await api.scenarios.save({
      path: this.#path,
      yaml,
      // A file that is gone is written again.
      revision: this.#meanwhile?.kind === 'gone' ? null : document.revision,
    });
    this.#saving = false;
    if (!answer.ok) {
      if (answer.error.code === 'scenario_changed') await this.follow();
      else messages.error(answer.error);
      return false;
    }
    this.#meanwhile = null;
    document.saved(yaml, answer.value.revision);
    return true;
  }

  #isSaving(): boolean {
    return this.#saving;
  }
}
