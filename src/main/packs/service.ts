/** Packs on request: planned as often as a form changes, written one at a time. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { PackInput, PackPlan, PackProgress } from '#contract/api/packs';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import { createSpeaker, type Speak } from '../audio/speaker.ts';
import type { Voices } from '../audio/voices/voice.ts';
import { planPack, type PlannedPack } from './plan.ts';
import type { PackSources } from './source.ts';
import { isArchive, placeState, writePack, type WrittenPack } from './write.ts';

export interface PackServiceOptions {
  sources: PackSources;
  voices: Voices;
  /** Where packs go unless another place is named; relative places begin here. */
  packsFolder: string;
  /** This program and its version. */
  madeBy: string;
  onProgress: (progress: PackProgress) => void;
}

export class PackService {
  readonly #options: PackServiceOptions;
  #writing: { abort: AbortController; ended: Promise<unknown> } | null = null;

  constructor(options: PackServiceOptions) {
    this.#options = options;
  }

  /** What would be written; nothing is spoken or written. */
  async plan(input: PackInput, out?: string): Promise<Result<PackPlan>> {
    const planned = await this.#plan(input, null, this.#place(out));
    return planned.ok ? ok(planned.value.plan) : planned;
  }

  /** Speaks what is missing and writes. Errors besides those of planning: `pack_going_on`, `pack_has_errors`, `not_our_pack`, `pack_unwritable`, `cancelled`. */
  async write(input: PackInput, out?: string): Promise<Result<WrittenPack>> {
    if (this.#writing)
      return fail('conflict', 'pack_going_on', 'A pack is being written already; wait for it, or cancel it.');
    const abort = new AbortController();
    const work = this.#write(input, this.#place(out), abort.signal);
    this.#writing = { abort, ended: work };
    try {
      const written = await work;
      if (!written.ok) this.#failed(written.error);
      return written;
    } finally {
      this.#writing = null;
    }
  }

  /** What is going on, in words; null when nothing is. */
  goingOn(): string | null {
    return this.#writing === null ? null : 'A pack is being written';
  }

  /** Gives up what is being written. */
  cancel(): void {
    this.#writing?.abort.abort();
  }

  async close(): Promise<void> {
    this.cancel();
    await this.#writing?.ended;
  }

  #place(out: string | undefined): string | undefined {
    if (out === undefined || out === '') return undefined;
    const path = /^~(?=[/\\]|$)/.test(out) ? join(homedir(), out.slice(1)) : out;
    return isAbsolute(path) ? resolve(path) : resolve(this.#options.packsFolder, path);
  }

  #plan(
    input: PackInput,
    speak: Speak | null,
    out: string | undefined,
    signal?: AbortSignal,
  ): Promise<Result<PlannedPack>> {
    const { sources, packsFolder, madeBy } = this.#options;
    return planPack(input, { sources, packsFolder, madeBy, speak, out, signal });
  }

  async #write(input: PackInput, out: string | undefined, signal: AbortSignal): Promise<Result<WrittenPack>> {
    const tell = this.#options.onProgress;
    tell({ state: 'preparing', done: 0, total: 0, detail: null });
    const planned = await this.#plan(input, null, out);
    if (!planned.ok) return planned;
    const refused = refusal(planned.value.plan);
    if (refused) return refused;
    const place = await placeState(planned.value.plan.out);
    if (!place.ok) return place;
    const whole = await this.#spoken(input, planned.value, out, signal);
    if (!whole.ok) return whole;
    const { contents, plan } = whole.value;
    const late = refusal(plan);
    if (late) return late;
    const files = contents.filter(({ archive }) => archive === null).length;
    const at = (done: number, detail: string | null): PackProgress => ({
      state: 'writing',
      done,
      total: files,
      detail,
    });
    tell(at(0, null));
    let done = 0;
    const written = await writePack(contents, plan.out, {
      signal,
      onFile: (name) => tell(at(++done, name)),
    });
    if (written.ok)
      tell({ state: 'finished', done: files, total: files, detail: isArchive(plan.out) ? plan.out : null });
    return written;
  }

  /** The pack with every clip in it. */
  async #spoken(
    input: PackInput,
    planned: PlannedPack,
    out: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<PlannedPack>> {
    const missing = planned.contents.filter(({ kind, content }) => kind === 'clip' && !content).length;
    if (missing === 0) return ok(planned);
    const { voices, sources, onProgress } = this.#options;
    const speak = createSpeaker({ voices, folder: sources.workspaceCache });
    let done = 0;
    const tell = (detail: string | null) => onProgress({ state: 'speaking', done, total: missing, detail });
    tell(null);
    const counting: Speak = async (utterance, spokenFor) => {
      const spoken = await speak(utterance, spokenFor);
      done++;
      tell(utterance.text);
      return spoken;
    };
    return this.#plan(input, counting, out, signal);
  }

  #failed({ code, message }: AppError): void {
    const state = code === 'cancelled' ? 'cancelled' : 'failed';
    this.#options.onProgress({ state, done: 0, total: 0, detail: state === 'failed' ? message : null });
  }
}

/** A pack that could not be used is not written. */
function refusal(plan: PackPlan): Result<never> | null {
  const errors = plan.checks.filter(({ level }) => level === 'error').map(({ text }) => text);
  const [first, ...more] = errors;
  if (first === undefined) return null;
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  return fail('invalid_input', 'pack_has_errors', `${first}${rest}`, { detail: errors.join('\n') });
}
