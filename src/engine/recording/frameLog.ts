/** Every frame of a connection one by one, for looking at it closely; bounded, and it says what it left out. */
import { levelOf } from '#contract/audio/level';
import type { CheckFrame } from '#contract/checks';
import type { IncomingMessage, Outgoing } from '../protocols/adapter.ts';
import { messageText } from './messageText.ts';

/** What is kept of one connection at most. */
export interface FrameLogBounds {
  frames: number;
  /** All texts together. */
  characters: number;
}

export const frameLogBounds: FrameLogBounds = { frames: 20_000, characters: 32_000_000 };

/** An audio frame that was sent. `amplitude` is its RMS in 16-bit units. */
export interface SentAudio {
  kind: string;
  bytes: number;
  audioMs: number;
  amplitude: number;
}

type Entry = Pick<CheckFrame, 'direction' | 'kind' | 'class' | 'bytes' | 'text'>;
type Sound = Pick<SentAudio, 'audioMs' | 'amplitude'>;

const mostCharacters = 20_000;
/** What 16 bits can hold at least; digital silence has no level. */
const lowestLevel = -96;
const openingBrace = 0x7b;

const thousandths = (value: number) => Math.round(value * 1000) / 1000;

export class FrameLog {
  readonly #startedAt: number;
  readonly #bounds: FrameLogBounds;
  #frames: CheckFrame[] = [];
  #count = 0;
  #characters = 0;
  #lost = 0;
  #staged: string | null = null;
  /** The set-up is through: audio is sent, or the agent was heard. */
  #begun = false;

  /** `startedAt`: when the connection was open. */
  constructor(startedAt: number, bounds: FrameLogBounds) {
    this.#startedAt = startedAt;
    this.#bounds = bounds;
  }

  /** Frames that came after it was full. */
  get lost(): number {
    return this.#lost;
  }

  /** The audio frame that is sent next: its memory may be another call's by then. The protocol does not say whether it is text; JSON is. */
  stage(bytes: Buffer): void {
    this.#begun = true;
    this.#staged = bytes[0] === openingBrace ? messageText(bytes, mostCharacters) : null;
  }

  sentAudio({ kind, bytes, ...sound }: SentAudio, at: number): void {
    this.#add({ direction: 'sent', kind, class: 'audio', bytes, text: this.#staged }, sound, at);
  }

  sent({ binary, bytes, kind = '(message)' }: Outgoing, at: number): void {
    const text = binary ? null : messageText(bytes, mostCharacters);
    const meaning = this.#begun ? 'other' : 'setup';
    this.#add({ direction: 'sent', kind, class: meaning, bytes: bytes.length, text }, null, at);
  }

  /** `amplitude` is null where the message has no audio. */
  received(
    { audio, class: meaning, kind }: IncomingMessage,
    { data, binary }: { data: Buffer; binary: boolean },
    amplitude: number | null,
    at: number,
  ): void {
    this.#begun = true;
    const text = binary ? null : messageText(data, mostCharacters);
    const sound = audio && amplitude !== null ? { audioMs: audio.durationMs, amplitude } : null;
    this.#add({ direction: 'received', kind, class: meaning, bytes: data.length, text }, sound, at);
  }

  /** Everything since the last time. */
  take(): CheckFrame[] {
    const taken = this.#frames;
    this.#frames = [];
    return taken;
  }

  #add(entry: Entry, sound: Sound | null, at: number): void {
    if (this.#count >= this.#bounds.frames || this.#characters >= this.#bounds.characters) {
      this.#lost++;
      return;
    }
    this.#characters += entry.text?.length ?? 0;
    const level = sound && Math.max(lowestLevel, levelOf(sound.amplitude));
    const { text, ...rest } = entry;
    this.#frames.push({
      n: this.#count++,
      at: thousandths(at - this.#startedAt),
      ...rest,
      level: level === null ? null : Math.round(level * 10) / 10,
      audioMs: sound && thousandths(sound.audioMs),
      text,
    });
  }
}
