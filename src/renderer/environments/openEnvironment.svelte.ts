import type { ScenarioProblem } from '#contract/api/scenarios';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { YamlDocument } from '../document/yamlDocument.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';
import { keyOrder } from './keyOrder.ts';
import { nameIn } from './parts.ts';

const checkAfterMs = 250;

/** One environment as it is open on screen: its text, what is wrong with it, and its file. */
export class OpenEnvironment {
  /** Its id; null until it is saved for the first time. */
  #name: string | null = $state(null);
  #path: string | null = $state(null);
  #document: YamlDocument | null = $state.raw(null);
  #problems: ScenarioProblem[] = $state.raw([]);
  #error: AppError | null = $state.raw(null);
  #saving = $state(false);
  #conflict: AppError | null = $state.raw(null);
  #checking: ReturnType<typeof setTimeout> | undefined;
  #checked: string | null = null;
  #savedText = '';

  readonly #blank: boolean;

  /** One that exists, by its name; or one that is new, with its text. `blank`: there is nothing in it yet. */
  constructor(from: { name: string } | { text: string; blank?: boolean }) {
    this.#blank = 'text' in from && from.blank === true;
    if ('name' in from) this.#name = from.name;
    else this.#document = new YamlDocument(from.text, keyOrder);
  }

  get name(): string | null {
    return this.#name;
  }

  /** Of its file; null: it has none yet. */
  get path(): string | null {
    return this.#path;
  }

  /** What is on screen; null while it is read. */
  get document(): YamlDocument | null {
    return this.#document;
  }

  /** None while nobody has written anything: an empty form is not wrong yet. */
  get problems(): ScenarioProblem[] {
    const begun = this.#name !== null || this.#document?.changed === true;
    return this.#blank && !begun ? [] : this.#problems;
  }

  /** Why it cannot be shown. */
  get error(): AppError | null {
    return this.#error;
  }

  get saving(): boolean {
    return this.#saving;
  }

  /** Set when the file was changed by somebody else since it was read. */
  get conflict(): AppError | null {
    return this.#conflict;
  }

  /** Whether something was written that the file does not have. */
  get dirty(): boolean {
    return this.#document !== null && (this.#name === null || this.#document.changed);
  }

  /** The name as it is written now. */
  get writtenName(): string {
    return nameIn(this.#document?.lastValue) ?? this.#name ?? '';
  }

  /** Reads the file, or reads it again and forgets what was written. */
  async load(): Promise<void> {
    if (this.#name === null) return;
    const answer = await api.environments.read({ name: this.#name });
    this.#conflict = null;
    if (!answer.ok) {
      // What was written stays on screen when its file is gone.
      if (this.#document === null) this.#error = answer.error;
      else messages.error(answer.error);
      return;
    }
    this.#error = null;
    this.#take(answer.value);
  }

  /** Reads the file again when nothing was written and it has changed. */
  async follow(): Promise<void> {
    if (this.#name === null || !this.#untouched()) return;
    const answer = await api.environments.read({ name: this.#name });
    if (!answer.ok || !this.#untouched()) return;
    if (this.#document === null || answer.value.revision !== this.#document.revision) {
      this.#error = null;
      this.#take(answer.value);
    }
  }

  /** It belonged to another workspace: it has no file here. */
  uproot(): void {
    this.#name = null;
    this.#path = null;
    if (this.#document) this.#document.revision = null;
  }

  /** Puts back what the file says; a step that can be taken back. */
  revert(): void {
    if (this.#name !== null) this.#document?.setText(this.#savedText);
  }

  /** Asks what is wrong with the text, once typing pauses. */
  checkSoon(): void {
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => void this.check(), checkAfterMs);
  }

  async check(): Promise<void> {
    const text = this.#document?.text;
    if (text === undefined || text === this.#checked) return;
    const answer = await api.environments.check({ yaml: text });
    if (!answer.ok || this.#document?.text !== text) return;
    this.#checked = text;
    this.#problems = answer.value.problems;
  }

  /** Writes the file; true when it is written. A file that was changed meanwhile is only overwritten when told to. */
  async save(overwrite = false): Promise<boolean> {
    const document = this.#document;
    if (document === null || this.#saving) return false;
    const yaml = document.text;
    this.#saving = true;
    const answer =
      this.#name === null
        ? await api.environments.create({ yaml })
        : await api.environments.save({
            name: this.#name,
            yaml,
            revision: overwrite ? null : document.revision,
          });
    this.#saving = false;
    if (!answer.ok) {
      if (answer.error.code === 'environment_changed') this.#conflict = answer.error;
      else messages.error(answer.error);
      return false;
    }
    this.#conflict = null;
    this.#name = answer.value.name;
    this.#savedText = yaml;
    document.saved(yaml, answer.value.revision);
    void this.#locate();
    return true;
  }

  /** Leaves the question of who changed the file open: the operator writes on. */
  postponeConflict(): void {
    this.#conflict = null;
  }

  /** Its file may be another one now, and a new one begins with the line of its schema. */
  async #locate(): Promise<void> {
    if (this.#name === null) return;
    const answer = await api.environments.read({ name: this.#name });
    if (!answer.ok) return;
    this.#path = answer.value.path;
    if (this.#untouched() && answer.value.yaml !== this.#savedText) this.#take(answer.value);
  }

  #untouched(): boolean {
    return !this.dirty && !this.#saving;
  }

  #take(read: { path: string; yaml: string; revision: string }): void {
    this.#path = read.path;
    this.#document ??= new YamlDocument(read.yaml, keyOrder);
    this.#document.reload(read.yaml, read.revision);
    this.#savedText = read.yaml;
    this.#checked = null;
    void this.check();
  }
}
