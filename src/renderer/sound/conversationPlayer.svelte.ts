import type { AppError } from '#contract/errors';
import { audioOutput } from './audioOutput.ts';
import { clipSamples } from './clipSamples.ts';
import { PartPlayer, type PlayState, type SoundPart } from './partPlayer.svelte.ts';
import { type PlayableClip, soundOf } from './player.svelte.ts';
import { layOut, phaseAt, type Timeline, type TimelinePhase, turnAt } from './timeline.ts';

/** One turn of what is played: its clip (null: it has none yet) and the silence before it. */
export interface ConversationItem {
  clip: PlayableClip | null;
  pauseBeforeMs: number;
}

/** How long the agent is given between two turns unless told otherwise. */
const usualAgentMs = 1500;

/** Plays a whole conversation: the callers' turns with their pauses, and silence where the agent would answer. */
export class ConversationPlayer {
  readonly #player = new PartPlayer(audioOutput);
  #timeline: Timeline = $state.raw({ spans: [], durationMs: 0 });

  /** Takes a conversation, from its start; stops what was playing. */
  load(items: readonly ConversationItem[], agentMs = usualAgentMs): void {
    const timeline = layOut(
      items.map(({ clip, pauseBeforeMs }) => ({ pauseBeforeMs, clipMs: clip?.durationMs ?? 0 })),
      agentMs,
    );
    const parts: SoundPart[] = [];
    for (const [i, { clip }] of items.entries()) {
      const span = timeline.spans[i];
      if (!clip || !span) continue;
      parts.push({
        startMs: span.speechMs,
        lengthMs: clip.durationMs,
        load: async () => {
          const answer = await clipSamples.get(clip.id);
          return answer.ok ? { ok: true, value: soundOf(answer.value) } : answer;
        },
      });
    }
    this.#timeline = timeline;
    this.#player.setParts(parts, timeline.durationMs);
  }

  get state(): PlayState {
    return this.#player.state;
  }

  get positionMs(): number {
    return this.#player.positionMs;
  }

  /** Length of everything with pauses and gaps. */
  get durationMs(): number {
    return this.#player.durationMs;
  }

  get error(): AppError | null {
    return this.#player.error;
  }

  /** Index of the turn that is heard now, from 0; null while stopped. */
  get index(): number | null {
    return this.state === 'stopped' ? null : turnAt(this.#timeline, this.positionMs);
  }

  /** Whether the caller speaks now, pauses, or the agent's gap goes by; null while stopped. */
  get phase(): TimelinePhase | null {
    return this.state === 'stopped' ? null : phaseAt(this.#timeline, this.positionMs);
  }

  /** Where the turns lie on the time axis. */
  get timeline(): Timeline {
    return this.#timeline;
  }

  play(): void {
    void this.#player.play();
  }

  pause(): void {
    this.#player.pause();
  }

  toggle(): void {
    this.#player.toggle();
  }

  stop(): void {
    this.#player.stop();
  }

  seek(ms: number): void {
    this.#player.seek(ms);
  }

  /** Goes to where a turn begins to speak; goes on playing if it was. */
  seekToTurn(index: number): void {
    const span = this.#timeline.spans[index];
    if (span) this.#player.seek(span.speechMs);
  }
}
