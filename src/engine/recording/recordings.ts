/** The calls of a thread that are recorded. What they have recorded waits here until it is fetched, once a second. */
import { amplitudeOf } from '#contract/audio/level';
import type { PlanAudio, RunPlan } from '../plan.ts';
import type { IncomingAudio } from '../protocols/adapter.ts';
import { CallRecorder, type FrameSounds } from './callRecorder.ts';
import type { RecordedIdentity, RecordingPart } from './part.ts';
import { frameLogBounds, type FrameLogBounds } from './frameLog.ts';
import { RecordingRoom } from './room.ts';

/** What is recorded at most. */
export interface RecordingBounds {
  /** Memory of one thread for what waits to be fetched or to be heard, bytes. */
  waitingBytes: number;
  longestMs: number;
  mostMessages: number;
  /** Every frame is logged by itself, within these bounds; null: none. */
  frames: FrameLogBounds | null;
}

export const recordingBounds: RecordingBounds = {
  waitingBytes: 128 * 1024 * 1024,
  longestMs: 30 * 60_000,
  mostMessages: 20_000,
  frames: null,
};

const closeBounds: RecordingBounds = { ...recordingBounds, frames: frameLogBounds };

/** What a protocol says of its audio. */
export interface RecordedProtocol {
  sounds: FrameSounds;
  audioKind: string;
}

export class Recordings {
  readonly #audio: Pick<PlanAudio, 'sampleRate' | 'audibleLevel'>;
  readonly #bounds: RecordingBounds;
  readonly #room: RecordingRoom;
  readonly #recorders = new Set<CallRecorder>();
  /** Frames of one kind have one length, and are decoded into the same memory. */
  #samples = new Int16Array(0);
  #bytes = Buffer.alloc(0);

  constructor(audio: Pick<PlanAudio, 'sampleRate' | 'audibleLevel'>, bounds = recordingBounds) {
    this.#audio = audio;
    this.#bounds = bounds;
    this.#room = new RecordingRoom(bounds.waitingBytes);
  }

  /** Records a connection that has just been opened. */
  begin(call: Omit<RecordedIdentity, 'sampleRate'>, protocol: RecordedProtocol): CallRecorder {
    const { sampleRate, audibleLevel } = this.#audio;
    const { frames, longestMs, mostMessages } = this.#bounds;
    const recorder = new CallRecorder(
      { ...call, sampleRate },
      {
        ...protocol,
        room: this.#room,
        audibleAmplitude: amplitudeOf(audibleLevel),
        decode: (audio) => this.#decode(audio),
        longestMs,
        mostMessages,
        frames,
      },
    );
    this.#recorders.add(recorder);
    return recorder;
  }

  /** What was recorded since the last call, of every recording that is going on or has ended meanwhile. */
  take(now: number): RecordingPart[] {
    const parts: RecordingPart[] = [];
    for (const recorder of this.#recorders) {
      parts.push(recorder.take(now));
      if (recorder.ended) this.#recorders.delete(recorder);
    }
    return parts;
  }

  #decode(audio: IncomingAudio): Int16Array {
    const length = audio.bytes >> 1;
    if (this.#samples.length !== length) {
      this.#samples = new Int16Array(length);
      this.#bytes = Buffer.from(this.#samples.buffer);
    }
    const bytes = audio.decodeInto(this.#bytes);
    return bytes >> 1 === length ? this.#samples : this.#samples.subarray(0, bytes >> 1);
  }
}

/** The recordings of a thread that a plan asks for; null: none. */
export function recordingsFor({ audio, everyFrame = false, record = 0 }: RunPlan): Recordings | null {
  return record > 0 ? new Recordings(audio, everyFrame ? closeBounds : recordingBounds) : null;
}

/** The memory of parts that goes with them to another thread. */
export function memoryOf(parts: readonly RecordingPart[]): ArrayBuffer[] {
  return parts.flatMap((part) => part.stretches.map((stretch) => stretch.caller.buffer));
}
