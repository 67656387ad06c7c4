/**
 * The last messages of a call that is not recorded, so that one that fails or turns out slow can be looked into. Every
 * call has one: a message costs a copy of its bytes, and becomes text only when the call is kept.
 */
import type { RecordedMessage } from '#contract/recording';
import type { IncomingMessage, Outgoing } from '../protocols/adapter.ts';
import { messageText } from './messageText.ts';

/** What is remembered of one call at most. */
export interface MemoryBounds {
  messages: number;
  /** Of the messages' own bytes together, and of a single one. */
  bytes: number;
  messageBytes: number;
}

export const memoryBounds: MemoryBounds = { messages: 120, bytes: 32 * 1024, messageBytes: 4096 };

/** A pause in the agent's audio that is worth a line of its own, and the longest stretch in one line. */
const pauseMs = 400;
const longestMs = 5000;

type Line = Omit<RecordedMessage, 'text'> & { raw: Buffer | null };
type Stretch = Line & { lastAt: number; loud: boolean; quietMs: number };

export class RememberedCall {
  readonly #bounds: MemoryBounds;
  /** Oldest first; what was forgotten is cut off at its front now and then. */
  #lines: Line[] = [];
  #first = 0;
  #bytes = 0;
  #open: Stretch | null = null;
  #forgotten = false;

  constructor(bounds: MemoryBounds = memoryBounds) {
    this.#bounds = bounds;
  }

  /** Whether messages from the beginning are gone. */
  get forgotten(): boolean {
    return this.#forgotten;
  }

  heard(message: IncomingMessage, from: { data: Buffer; binary: boolean }, at: number): void {
    const { audio } = message;
    if (audio) {
      this.#heardAudio(message.kind, from.data.length, audio.durationMs, audio.speech, at);
      return;
    }
    this.#close();
    this.#add({
      ...plain(at, message.kind, from.data.length),
      direction: 'received',
      class: message.class,
      raw: this.#copy(from.data, from.binary),
    });
  }

  said(out: Outgoing, at: number): void {
    this.#add({
      ...plain(at, out.kind ?? '(message)', out.bytes.length),
      direction: 'sent',
      class: null,
      raw: this.#copy(out.bytes, out.binary),
    });
  }

  /** Everything that is remembered, in order of time. */
  messages(): RecordedMessage[] {
    this.#close();
    return this.#lines
      .slice(this.#first)
      .map(({ raw, ...line }) => ({ ...line, text: raw === null ? null : messageText(raw) }))
      .sort((a, b) => a.at - b.at);
  }

  #heardAudio(kind: string, bytes: number, audioMs: number, loud: boolean, at: number): void {
    const open = this.#open;
    if (open !== null && continues(open, kind, loud, at)) {
      open.count++;
      open.bytes += bytes;
      open.audioMs = (open.audioMs ?? 0) + audioMs;
      open.lastAt = at;
      open.quietMs = loud ? 0 : open.quietMs + audioMs;
      return;
    }
    this.#close();
    const line = { ...plain(at, kind, bytes), direction: 'received', class: 'audio', raw: null } as const;
    this.#open = { ...line, audioMs, lastAt: at, loud, quietMs: 0 };
  }

  #close(): void {
    if (this.#open === null) return;
    const { lastAt: _, loud: __, quietMs: ___, ...line } = this.#open;
    this.#open = null;
    this.#add({ ...line, audioMs: Math.round((line.audioMs ?? 0) * 1000) / 1000 });
  }

  #copy(bytes: Buffer, binary: boolean): Buffer | null {
    // What the socket hands over is used again for the next message.
    return binary ? null : Buffer.from(bytes.subarray(0, this.#bounds.messageBytes));
  }

  #add(line: Line): void {
    this.#lines.push(line);
    this.#bytes += line.raw?.length ?? 0;
    const { messages, bytes } = this.#bounds;
    while (this.#lines.length - this.#first > messages || this.#bytes > bytes) {
      this.#bytes -= this.#lines[this.#first]?.raw?.length ?? 0;
      this.#first++;
      this.#forgotten = true;
    }
    if (this.#first < messages) return;
    this.#lines = this.#lines.slice(this.#first);
    this.#first = 0;
  }
}

function plain(at: number, kind: string, bytes: number) {
  return { at, kind, bytes, count: 1, audioMs: null, level: null };
}

function continues(open: Stretch, kind: string, loud: boolean, at: number): boolean {
  if (kind !== open.kind || at - open.lastAt > pauseMs || at - open.at >= longestMs) return false;
  return open.loud ? loud || open.quietMs < pauseMs : !loud;
}
