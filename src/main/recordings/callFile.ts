/** One recording on its way to the disk. */
import type { RecordedCall } from '#contract/recording';
import type { RecordingPart } from '#engine/run';
import type { RecordingDisk } from './disk.ts';
import { recordingFiles, recordingName, type RecordingFiles } from './names.ts';
import { bytesPerSample, positionOf, wavHeader, wavHeaderBytes } from './wavHeader.ts';

/** Used again for every write: a hundred calls a second would otherwise leave megabytes behind. */
export class WritingMemory {
  #buffer = new ArrayBuffer(0);

  /** So many bytes, until the next call. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#buffer.byteLength < bytes) this.#buffer = new ArrayBuffer(bytes * 2);
    return new Uint8Array(this.#buffer, 0, bytes);
  }
}

export class CallFile {
  readonly #call: Omit<RecordedCall, 'durationMs' | 'bytes' | 'messages' | 'incomplete'>;
  readonly #files: RecordingFiles;
  readonly #disk: RecordingDisk;
  readonly #memory: WritingMemory;
  #samples = 0;
  /** How long one without audio was. */
  readonly #silentMs: number;
  #messages = 0;
  #messageBytes = 0;
  #begun = false;
  #incomplete: string | null = null;
  /** The disk failed: nothing more is written, a gap would put everything behind it in the wrong place. */
  lost = false;
  /** Nothing more is taken in. */
  closed = false;

  /** `memory` is shared by recordings that are written one after the other. */
  constructor(folder: string, part: RecordingPart, disk: RecordingDisk, memory: WritingMemory) {
    const { callId, attempt, vu, conversation, startedAt, sampleRate, why, withoutAudio } = part;
    this.#call = {
      callId,
      attempt,
      vu,
      conversation,
      startedAt,
      sampleRate,
      why,
      audio: withoutAudio === null,
    };
    this.#silentMs = withoutAudio?.durationMs ?? 0;
    this.#files = recordingFiles(folder, recordingName(callId, attempt));
    this.#disk = disk;
    this.#memory = memory;
  }

  /** Names why something is missing; the first reason counts. */
  miss(reason: string | null): void {
    this.#incomplete ??= reason;
  }

  /** Writes what a part brings; rejects when the disk does not take it. */
  async add(part: RecordingPart): Promise<void> {
    const first = !this.#begun;
    const messages = part.messages.map((message) => `${JSON.stringify(message)}\n`);
    const head = !first ? '' : `${JSON.stringify(this.#call)}\n`;
    const text = Buffer.from(head + messages.join(''));
    if (text.length > 0) await this.#disk.append(this.#files.messages, text);
    this.#messageBytes += text.length;
    this.#messages += messages.length;
    this.#begun = true;
    if (!this.#call.audio) return;
    const sound = this.#sound(part, first);
    if (sound.bytes.length > 0) await this.#disk.append(this.#files.wav, sound.bytes);
    this.#samples += sound.samples;
  }

  /** Makes both files whole after a write that failed half-way. */
  async mend(): Promise<void> {
    if (this.#call.audio)
      await this.#disk.cut(this.#files.wav, positionOf(this.#samples)).catch(() => undefined);
  }

  /** Completes the file; returns its line of the index. */
  async finish(): Promise<RecordedCall> {
    const { audio } = this.#call;
    if (this.#begun && audio)
      await this.#disk.overwrite(this.#files.wav, 0, wavHeader(this.#call.sampleRate, this.#samples));
    return {
      ...this.#call,
      durationMs: audio ? (this.#samples / this.#call.sampleRate) * 1000 : this.#silentMs,
      bytes: this.#begun ? (audio ? positionOf(this.#samples) : 0) + this.#messageBytes : 0,
      messages: this.#messages,
      incomplete: this.#incomplete,
    };
  }

  /** Both sides side by side, with the header before the first of them, in memory that is used again. */
  #sound({ stretches }: RecordingPart, first: boolean): { bytes: Uint8Array; samples: number } {
    const samples = stretches.reduce((sum, { caller }) => sum + caller.length, 0);
    const head = first ? wavHeaderBytes : 0;
    const bytes = this.#memory.take(head + samples * bytesPerSample);
    if (head > 0) bytes.set(wavHeader(this.#call.sampleRate, null));
    const both = new Int16Array(bytes.buffer, head, samples * 2);
    let at = 0;
    for (const { caller, agent } of stretches)
      for (let i = 0; i < caller.length; i++) {
        both[at++] = caller[i] ?? 0;
        both[at++] = agent[i] ?? 0;
      }
    return { bytes, samples };
  }
}
