import { audioOutput } from '../sound/audioOutput.ts';
import { PartPlayer, type SoundPart } from '../sound/partPlayer.svelte.ts';
import { type CallChunks, chunkMs } from './callChunks.ts';
import type { Lane } from './moments.ts';

/** Both sides in one ear are a little quieter, so that they fit when they talk at once. */
const monoGain = 0.8;

/** How the two sides reach the two ears. */
interface Wiring {
  input: AudioNode;
  /** Caller and agent, each to left and right. */
  gains: Record<Lane, [left: GainNode, right: GainNode]>;
}

/** Plays both sides of a call, aligned: the caller on the left, the agent on the right. */
export class CallPlayer extends PartPlayer<AudioContext> {
  #muted: Record<Lane, boolean> = $state.raw({ caller: false, agent: false });
  #mono = $state(false);
  #wiring: Wiring | null = null;

  constructor(chunks: CallChunks, durationMs: number) {
    super(audioOutput, (context) => this.#wire(context));
    const parts = Array.from({ length: Math.ceil(durationMs / chunkMs) }, (_, chunk): SoundPart => {
      const startMs = chunk * chunkMs;
      return {
        startMs,
        lengthMs: Math.min(chunkMs, durationMs - startMs),
        load: async () => {
          const answer = await chunks.get(chunk);
          if (!answer.ok) return answer;
          const { sampleRate, caller, agent } = answer.value;
          return { ok: true, value: { sampleRate, channels: [caller, agent] } };
        },
      };
    });
    this.setParts(parts, durationMs);
  }

  get muted(): Record<Lane, boolean> {
    return this.#muted;
  }

  /** Whether both sides are heard in both ears. */
  get mono(): boolean {
    return this.#mono;
  }

  toggleMuted(lane: Lane): void {
    this.#muted = { ...this.#muted, [lane]: !this.#muted[lane] };
    this.#apply();
  }

  toggleMono(): void {
    this.#mono = !this.#mono;
    this.#apply();
  }

  #wire(context: AudioContext): AudioNode {
    if (this.#wiring?.input.context === context) return this.#wiring.input;
    const splitter = context.createChannelSplitter(2);
    const merger = context.createChannelMerger(2);
    const gains = (output: number): [GainNode, GainNode] => {
      const pair: [GainNode, GainNode] = [context.createGain(), context.createGain()];
      for (const [ear, gain] of pair.entries()) {
        splitter.connect(gain, output);
        gain.connect(merger, 0, ear);
      }
      return pair;
    };
    this.#wiring = { input: splitter, gains: { caller: gains(0), agent: gains(1) } };
    merger.connect(context.destination);
    this.#apply();
    return splitter;
  }

  #apply(): void {
    if (!this.#wiring) return;
    for (const [lane, ownEar] of [
      ['caller', 0],
      ['agent', 1],
    ] as const) {
      for (const [ear, gain] of this.#wiring.gains[lane].entries()) {
        const heard = this.#mono ? monoGain : ear === ownEar ? 1 : 0;
        gain.gain.value = this.#muted[lane] ? 0 : heard;
      }
    }
  }
}
