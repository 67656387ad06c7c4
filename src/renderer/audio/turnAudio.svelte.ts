import { untrack } from 'svelte';
import type { TurnAudio } from '#contract/api/clips';
import type { ConversationDraft } from '#contract/audio/conversation';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { audioByKey, noAudio } from './audioByKey.ts';

/** After the last keystroke. */
const pauseMs = 350;

/** How the audio of a conversation on screen stands, asked anew as it is written; only the newest answer counts. */
export class TurnAudios {
  #byKey: ReadonlyMap<string, TurnAudio> = $state.raw(noAudio);
  #error: AppError | null = $state.raw(null);
  #known = $state(false);
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** By the turn's key; none for a turn that was not asked for yet. */
  get byKey(): ReadonlyMap<string, TurnAudio> {
    return this.#byKey;
  }

  /** Why it is not known; what was known last stays. */
  get error(): AppError | null {
    return this.#error;
  }

  /** Whether it was answered at least once. */
  get known(): boolean {
    return this.#known;
  }

  /** Asks at once. */
  async ask(id: string | null, draft: ConversationDraft): Promise<void> {
    this.cancel();
    const round = ++this.#round;
    const answer = await api.clips.ofConversation({ id, draft });
    if (round !== this.#round) return;
    this.#error = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.#byKey = audioByKey(
      draft,
      answer.value.turns,
      untrack(() => this.#byKey),
    );
    this.#known = true;
  }

  /** Asks once nothing has changed for a moment. */
  askSoon(id: string | null, draft: ConversationDraft): void {
    this.cancel();
    this.#timer = setTimeout(() => void this.ask(id, draft), pauseMs);
  }

  /** Takes back what `askSoon` has planned. */
  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
