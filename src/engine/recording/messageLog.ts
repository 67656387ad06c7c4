/**
 * Every message of a call: audio in stretches, one for each side, everything else one by one. A stretch ends with a
 * message of another kind, a pause, where sound turns into silence or silence into sound, and after five seconds.
 */
import { levelOf } from '#contract/audio/level';
import type { RecordedMessage } from '#contract/recording';

type Direction = RecordedMessage['direction'];

/** One audio message. `amplitude` is its RMS in 16-bit units. */
export interface LoggedAudio {
  kind: string;
  bytes: number;
  audioMs: number;
  amplitude: number;
}

interface Stretch extends LoggedAudio {
  at: number;
  lastAt: number;
  count: number;
  loud: boolean;
  /** Silence at its end so far, ms of audio. */
  quietMs: number;
}

const pauseMs = 400;
const longestMs = 5000;
/** What 16 bits can hold at least; digital silence has no level. */
const lowestLevel = -96;

export class MessageLog {
  readonly #audible: number;
  readonly #open: Record<Direction, Stretch | null> = { sent: null, received: null };
  #messages: RecordedMessage[] = [];
  /** Lines so far, open stretches not counted. */
  count = 0;

  /** `audibleAmplitude`: RMS from which audio counts as sound. */
  constructor(audibleAmplitude: number) {
    this.#audible = audibleAmplitude;
  }

  audio(direction: Direction, audio: LoggedAudio, at: number): void {
    const loud = audio.amplitude >= this.#audible;
    let open = this.#open[direction];
    if (open && !continues(open, audio, loud, at)) {
      this.#close(direction);
      open = null;
    }
    if (!open) {
      const { kind, bytes, audioMs, amplitude } = audio;
      this.#open[direction] = { kind, bytes, audioMs, amplitude, at, lastAt: at, count: 1, loud, quietMs: 0 };
      return;
    }
    open.count++;
    open.bytes += audio.bytes;
    open.audioMs += audio.audioMs;
    open.amplitude = Math.max(open.amplitude, audio.amplitude);
    open.lastAt = at;
    open.quietMs = loud ? 0 : open.quietMs + audio.audioMs;
  }

  message(message: Omit<RecordedMessage, 'count' | 'audioMs' | 'level'>): void {
    this.#close(message.direction);
    this.#add({ ...message, count: 1, audioMs: null, level: null });
  }

  /** Everything that is complete. */
  take(): RecordedMessage[] {
    const taken = this.#messages;
    this.#messages = [];
    return taken;
  }

  /** Nothing more comes: what is open is complete. */
  end(): void {
    this.#close('sent');
    this.#close('received');
  }

  #close(direction: Direction): void {
    const open = this.#open[direction];
    if (!open) return;
    this.#open[direction] = null;
    this.#add({
      at: open.at,
      direction,
      kind: open.kind,
      class: direction === 'received' ? 'audio' : null,
      bytes: open.bytes,
      count: open.count,
      audioMs: Math.round(open.audioMs * 1000) / 1000,
      level: Math.round(Math.max(lowestLevel, levelOf(open.amplitude)) * 10) / 10,
      text: null,
    });
  }

  #add(message: RecordedMessage): void {
    this.#messages.push(message);
    this.count++;
  }
}

function continues(open: Stretch, audio: LoggedAudio, loud: boolean, at: number): boolean {
  if (audio.kind !== open.kind || at - open.lastAt > pauseMs || at - open.at >= longestMs) return false;
  return open.loud ? loud || open.quietMs < pauseMs : !loud;
}
