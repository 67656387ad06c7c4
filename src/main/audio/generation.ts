/** Speaking what is missing, several clips at a time, with its progress told. */
import type { GenerationItem, GenerationState } from '#contract/api/clips';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { ClipCache } from './cache.ts';
import { severalAtATime } from './several.ts';
import { createSpeaker, shortened } from './speaker.ts';
import type { Voices } from './voices/voice.ts';
import type { WantedClip } from './wanted.ts';

const atATime = 4;
/** Progress is told at most so often. */
const toldEveryMs = 100;
/** That clips have come is told at most so often: screens then ask for them again. */
const changedEveryMs = 1000;

export interface GenerationOptions {
  voices: Voices;
  /** Where clips are kept. */
  folder: string;
  /** The clip of the same words that is there already is replaced. */
  replace?: boolean;
  onProgress: (state: GenerationState) => void;
  /** Clips have come. */
  onChanged: () => void;
}

/** What is to be spoken; asked for once no other generation can start any more. */
export type FindMissing = () => Promise<Result<{ missing: WantedClip[]; ready: number }>>;

/** One generation at a time. What it has made stays, so the next one does only the rest. */
export class Generation {
  readonly #options: GenerationOptions;
  #state: GenerationState | null = null;
  #going: { abort: AbortController; done: Promise<void> } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #changedAt = 0;
  #madeSince = 0;

  constructor(options: GenerationOptions) {
    this.#options = options;
  }

  /** The one that is going on, or how the last one ended. */
  get state(): GenerationState | null {
    return this.#state && structuredClone(this.#state);
  }

  /** Begins; answers with how it begins. Error: `generation_running`, and those of `find`. */
  async start(find: FindMissing): Promise<Result<GenerationState>> {
    if (this.#going)
      return fail(
        'conflict',
        'generation_running',
        'Clips are being generated already; wait until they are there, or cancel it first.',
      );
    const abort = new AbortController();
    let begun = () => {};
    const done = new Promise<void>((resolve) => (begun = resolve));
    this.#going = { abort, done };
    const found = await find().catch((thrown: unknown): Result<never> => ({
      ok: false,
      error: toAppError(thrown),
    }));
    if (!found.ok) {
      this.#going = null;
      begun();
      return found;
    }
    const state = this.#begin(found.value);
    this.#tell();
    void this.#run(found.value.missing, state, abort.signal).then(() => {
      this.#end(state);
      begun();
    });
    return ok(structuredClone(state));
  }

  #begin({ missing, ready }: { missing: WantedClip[]; ready: number }): GenerationState {
    const items = missing.map(({ conversation, turn, utterance, problem }): GenerationItem => ({
      conversation,
      turn,
      text: shortened(utterance.text),
      voice: utterance.voice,
      state: problem === null ? 'waiting' : 'failed',
      problem,
    }));
    const failed = items.filter((item) => item.state === 'failed').length;
    const state: GenerationState = { state: 'running', ready, done: 0, failed, total: items.length, items };
    this.#state = state;
    return state;
  }

  async #run(missing: readonly WantedClip[], state: GenerationState, signal: AbortSignal): Promise<void> {
    const { voices, folder, replace = false } = this.#options;
    let unwritable: Result<never> | null = null;
    const speak = createSpeaker({ voices, folder, cache: new ClipCache([folder]) });
    const given = new Promise<'given up'>((resolve) => {
      signal.addEventListener('abort', () => resolve('given up'), { once: true });
    });
    await severalAtATime(missing.entries(), atATime, async ([i, { utterance, place, problem }]) => {
      const item = state.items[i];
      if (!item || problem !== null || signal.aborted) return;
      item.state = 'speaking';
      this.#tellSoon();
      const speaking = () =>
        speak(utterance, { place, signal, replace }).catch((thrown: unknown): Result<never> => ({
          ok: false,
          error: toAppError(thrown),
        }));
      // What cannot be kept need not be spoken, which may cost money.
      const spoken = unwritable ?? (await Promise.race([speaking(), given]));
      if (spoken === 'given up' || (!spoken.ok && spoken.error.code === 'cancelled')) return;
      if (!spoken.ok && spoken.error.code === 'cache_unwritable') unwritable = spoken;
      item.state = spoken.ok ? 'done' : 'failed';
      item.problem = spoken.ok ? null : spoken.error.message;
      if (spoken.ok) {
        state.done++;
        this.#madeSince++;
      } else state.failed++;
      this.#tellSoon();
    });
  }

  #end(state: GenerationState): void {
    const left = state.items.filter((item) => item.state === 'waiting' || item.state === 'speaking');
    for (const item of left) item.state = 'cancelled';
    state.state = left.length > 0 ? 'cancelled' : 'finished';
    this.#going = null;
    this.#tell();
    this.#tellChanged(0);
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => this.#tell(), toldEveryMs);
  }

  #tell(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#state) this.#options.onProgress(structuredClone(this.#state));
    this.#tellChanged(changedEveryMs);
  }

  #tellChanged(everyMs: number): void {
    const now = performance.now();
    if (this.#madeSince === 0 || now - this.#changedAt < everyMs) return;
    this.#changedAt = now;
    this.#madeSince = 0;
    this.#options.onChanged();
  }

  /** Resolves when none is going on any more. */
  async ended(): Promise<void> {
    await this.#going?.done;
  }

  /** Gives up what is not spoken yet; resolves when it has ended. */
  async cancel(): Promise<void> {
    this.#going?.abort.abort();
    await this.#going?.done;
  }
}
