import type { PackInput, PackPlan, PackProgress, PackPurpose } from '#contract/api/packs';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';
import { asKind, emptyFields, isZip, plannedFields, readPackForm, type PackFields } from './packInput.ts';

const typingPauseMs = 300;

/** Where a pack was written. */
export interface WrittenPack {
  path: string;
  files: number;
  bytes: number;
}

/** One pack being put together: what is typed, what would be written, and the writing. Outlives its dialog. */
export class PackDraft {
  readonly source: PackInput['source'];
  purpose: PackPurpose = $state('azure');
  fields: PackFields = $state({ ...emptyFields });
  #leftOut: readonly string[] = $state.raw([]);
  /** As typed; null: where the plan says. */
  #place: string | null = $state(null);
  #kind: 'folder' | 'zip' = $state('folder');

  #plan: PackPlan | null = $state.raw(null);
  #planError: AppError | null = $state.raw(null);
  /** What the plan on screen was asked for. */
  #plannedFor: string | null = $state(null);
  #known: PackPlan['conversations'] = $state.raw([]);
  #asked = 0;

  #writing: PackProgress | null = $state.raw(null);
  #writeError: AppError | null = $state.raw(null);
  #cancelled = $state(false);
  #written: { pack: WrittenPack; from: string } | null = $state.raw(null);
  #watched = false;

  readonly #read = $derived.by(() => {
    const named = this.#known.map((c) => c.name).filter((name) => !this.#leftOut.includes(name));
    return readPackForm({
      source: this.source,
      purpose: this.purpose,
      conversations: this.#leftOut.length === 0 ? null : named,
      fields: this.fields,
    });
  });
  /** What the plan is asked for: the pack, and its place unless that is the usual one. */
  readonly #question = $derived.by(() => {
    const { input } = this.#read;
    return input === null ? null : { ...input, out: this.#out() };
  });
  readonly #key = $derived(this.#question === null ? null : JSON.stringify(this.#question));

  constructor(source: PackInput['source']) {
    this.source = source;
  }

  get problems() {
    return this.#read.problems;
  }

  get plan(): PackPlan | null {
    return this.#plan;
  }

  get planError(): AppError | null {
    return this.#planError;
  }

  /** Whether what is shown is the plan of what is typed. */
  get current(): boolean {
    return this.#plan !== null && this.#planError === null && this.#plannedFor === this.#key;
  }

  /** What the empty fields come to. */
  readonly planned = $derived(plannedFields(this.#plan));

  /** Every conversation of the source; of those left out what was last known. */
  readonly conversations = $derived(
    this.#known.map((c) => ({ ...c, taken: !this.#leftOut.includes(c.name) })),
  );

  take(name: string, taken: boolean): void {
    const others = this.#leftOut.filter((left) => left !== name);
    this.#leftOut = taken ? others : [...others, name];
  }

  get kind(): 'folder' | 'zip' {
    return this.#kind;
  }

  set kind(kind: 'folder' | 'zip') {
    this.#kind = kind;
    if (this.#place !== null) this.#place = asKind(this.#place, kind);
  }

  get place(): string {
    return this.#place ?? asKind(this.#plan?.usualOut ?? '', this.#kind);
  }

  set place(path: string) {
    this.#place = path.trim() === '' ? null : path;
    if (this.#place !== null) this.#kind = isZip(path) ? 'zip' : 'folder';
  }

  /** Whether something of the pack forbids its use as it is. */
  readonly errors = $derived(this.#plan?.checks.filter((check) => check.level === 'error').length ?? 0);

  get writing(): PackProgress | null {
    return this.#writing;
  }

  get writeError(): AppError | null {
    return this.#writeError;
  }

  /** Whether the last writing was given up. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** The pack that was written of what is typed; null as soon as something else is. */
  get written(): WrittenPack | null {
    return this.#written !== null && this.#written.from === this.#key ? this.#written.pack : null;
  }

  #out(): string | undefined {
    return this.#place?.trim() ?? (this.#kind === 'zip' ? this.place || undefined : undefined);
  }

  /** Keeps the plan up to date while the dialog is open. Call it in an effect; it returns how to stop. */
  follow(): (() => void) | undefined {
    if (this.#key === null || connection.state !== 'open') return undefined;
    const timer = setTimeout(() => void this.replan(), this.#asked === 0 ? 0 : typingPauseMs);
    return () => clearTimeout(timer);
  }

  /** Says at the end of a writing what it came to, when no dialog shows it. */
  watch(): () => void {
    this.#watched = true;
    return () => (this.#watched = false);
  }

  async replan(): Promise<void> {
    const question = this.#question;
    const key = this.#key;
    if (question === null) return;
    const asked = ++this.#asked;
    const answer = await api.packs.plan(question);
    if (asked !== this.#asked) return;
    this.#plannedFor = key;
    this.#planError = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.#plan = answer.value;
    this.#learn(answer.value.conversations, question.conversations === undefined);
  }

  #learn(found: PackPlan['conversations'], all: boolean): void {
    if (all || this.#known.length === 0) this.#known = found;
    else this.#known = this.#known.map((old) => found.find((c) => c.name === old.name) ?? old);
  }

  async write(): Promise<void> {
    const { input } = this.#read;
    if (input === null || this.#writing !== null) return;
    const from = this.#key ?? '';
    this.#writeError = null;
    this.#cancelled = false;
    this.#written = null;
    this.#writing = { state: 'preparing', done: 0, total: 0, detail: null };
    const release = api.packs.on('progress', (progress) => {
      if (this.#writing !== null) this.#writing = progress;
    });
    const answer = await api.packs.write({ pack: input, out: this.#out() });
    release();
    this.#writing = null;
    if (answer.ok) {
      this.#written = { pack: answer.value, from };
      if (!this.#watched) messages.info(`The pack is in ${answer.value.path}.`);
    } else if (answer.error.code === 'cancelled') this.#cancelled = true;
    else {
      this.#writeError = answer.error;
      if (!this.#watched) messages.error(answer.error);
    }
    // What was missing may be there now.
    void this.replan();
  }

  async cancel(): Promise<void> {
    const answer = await api.packs.cancel(undefined);
    // One that has ended meanwhile needs no word.
    if (!answer.ok && answer.error.kind !== 'not_found') this.#writeError = answer.error;
  }
}

const drafts: Record<string, PackDraft> = {};

/** The pack of a source; what was typed for it is still there when its dialog is opened again. */
export function packDraft(source: PackInput['source']): PackDraft {
  const key = JSON.stringify(source);
  return (drafts[key] ??= new PackDraft(source));
}
