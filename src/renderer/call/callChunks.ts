/** The sound of a recorded call, fetched stretch by stretch where it is looked at or heard. */
import { samplesOf } from '#contract/audio/level';
import type { Result } from '#contract/errors';
import { bytesOf } from '../sound/base64.ts';
import { fineOutline } from './envelope.ts';

/** Both sides of one stretch. */
export interface CallChunk {
  sampleRate: number;
  caller: Int16Array;
  agent: Int16Array;
}

/** A stretch as the application answers it: caller and agent side by side, 16-bit little-endian, base64. */
interface AudioAnswer {
  sampleRate: number;
  totalSamples: number;
  pcm: string;
}

export type FetchAudio = (from: number, samples: number) => Promise<Result<AudioAnswer>>;

/** Length of a stretch: 0.85 MB as it travels at 16 kHz. */
export const chunkMs = 10_000;
/** Stretches whose samples are kept: five minutes, 20 MB. */
const keptChunks = 30;

export class CallChunks {
  readonly #fetch: FetchAudio;
  readonly #sampleRate: number;
  /** In the order of use. */
  readonly #chunks = new Map<number, CallChunk>();
  readonly #asked = new Map<number, Promise<Result<CallChunk>>>();
  readonly #outlines = new Map<number, { caller: Float32Array; agent: Float32Array }>();

  constructor(sampleRate: number, fetch: FetchAudio) {
    this.#sampleRate = sampleRate;
    this.#fetch = fetch;
  }

  /** A stretch by its number, fetched if it is not here. */
  get(chunk: number): Promise<Result<CallChunk>> {
    const here = this.at(chunk);
    if (here) return Promise.resolve({ ok: true, value: here });
    const asked = this.#asked.get(chunk) ?? this.#read(chunk);
    this.#asked.set(chunk, asked);
    return asked;
  }

  /** A stretch if it is here. */
  at(chunk: number): CallChunk | undefined {
    const here = this.#chunks.get(chunk);
    if (here) {
      this.#chunks.delete(chunk);
      this.#chunks.set(chunk, here);
    }
    return here;
  }

  /** The finer outline of a stretch that was here once. */
  outline(chunk: number): { caller: Float32Array; agent: Float32Array } | undefined {
    return this.#outlines.get(chunk);
  }

  async #read(chunk: number): Promise<Result<CallChunk>> {
    const samples = (this.#sampleRate * chunkMs) / 1000;
    const answer = await this.#fetch(chunk * samples, samples);
    this.#asked.delete(chunk);
    if (!answer.ok) return answer;
    const sound = sidesOf(answer.value.pcm, answer.value.sampleRate);
    this.#chunks.set(chunk, sound);
    this.#outlines.set(chunk, {
      caller: fineOutline(sound.caller, sound.sampleRate),
      agent: fineOutline(sound.agent, sound.sampleRate),
    });
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= keptChunks) break;
      this.#chunks.delete(oldest);
    }
    return { ok: true, value: sound };
  }
}

function sidesOf(pcm: string, sampleRate: number): CallChunk {
  const both = samplesOf(bytesOf(pcm));
  const length = Math.floor(both.length / 2);
  const caller = new Int16Array(length);
  const agent = new Int16Array(length);
  for (let i = 0; i < length; i++) {
    caller[i] = both[2 * i] ?? 0;
    agent[i] = both[2 * i + 1] ?? 0;
  }
  return { sampleRate, caller, agent };
}
