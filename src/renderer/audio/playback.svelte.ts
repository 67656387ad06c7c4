import type { TurnAudio } from '#contract/api/clips';
import type { ConversationDraft } from '#contract/audio/conversation';
import { recallNumber, remember } from '../frame/memory.ts';
import { type ConversationItem, ConversationPlayer } from '../sound/conversationPlayer.svelte.ts';
import { heardPause } from './pause.ts';

const usualGapMs = 2000;
export const longestGapMs = 60_000;

/** What is heard of a conversation: the clips that are there, each after its pause. */
export function heardItems(
  draft: ConversationDraft,
  audio: ReadonlyMap<string, TurnAudio>,
): ConversationItem[] {
  return draft.turns.map((turn, i) => {
    const found = audio.get(turn.key);
    return {
      clip: found?.state === 'ready' ? found.clip : null,
      pauseBeforeMs: heardPause(turn.pauseBeforeMs, i),
    };
  });
}

function signature(items: readonly ConversationItem[], gapMs: number): string {
  return JSON.stringify([gapMs, items.map((i) => [i.clip?.id, i.clip?.durationMs, i.pauseBeforeMs])]);
}

/** The whole conversation on the transport. */
class Playback {
  readonly player = new ConversationPlayer();
  #gapMs = $state(recallNumber('audio.gap', usualGapMs));
  #loaded = '';
  #playable = $state(false);

  /** How long the agent is given between two turns. */
  get gapMs(): number {
    return this.#gapMs;
  }

  set gapMs(ms: number) {
    this.#gapMs = ms;
    remember('audio.gap', ms);
  }

  /** Whether any turn can be heard. */
  get playable(): boolean {
    return this.#playable;
  }

  /** Takes what is to be heard; goes on playing when it is what plays already. */
  take(items: readonly ConversationItem[], gapMs: number): void {
    const next = signature(items, gapMs);
    if (next === this.#loaded) return;
    this.#loaded = next;
    this.#playable = items.some((item) => item.clip !== null);
    this.player.load(items, gapMs);
  }

  /** Starts, pauses, goes on. */
  toggle(): void {
    if (this.#playable) this.player.toggle();
  }
}

export const playback = new Playback();
