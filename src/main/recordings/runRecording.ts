/**
 * Writes the recorded calls of one run. What comes waits in memory for the disk, bounded; a disk that is too slow or full
 * costs recordings and never the run.
 */
import type { RecordedCall } from '#contract/recording';
import type { RecordingPart } from '#engine/run';
import { join } from 'node:path';
import { CallFile, WritingMemory } from './callFile.ts';
import { nodeDisk, whyNotWritten, type RecordingDisk } from './disk.ts';
import { indexName } from './names.ts';

export interface RecordingWriterOptions {
  disk: RecordingDisk;
  /** What may wait for the disk, bytes. */
  waitingBytes: number;
  /** How long the end of a run waits for what is still to be written, ms. */
  finalMs: number;
}

export const writerDefaults: RecordingWriterOptions = {
  disk: nodeDisk,
  waitingBytes: 128 * 1024 * 1024,
  finalMs: 10_000,
};

interface Job {
  call: CallFile;
  /** null: the recording ends with what is there. */
  part: RecordingPart | null;
  bytes: number;
}

const tooSlow = 'the disk was too slow';
const engineFailed = 'the thread of the engine that made the call failed';

export class RunRecording {
  readonly folder: string;
  readonly #options: RecordingWriterOptions;
  readonly #tell: (message: string) => void;
  readonly #calls = new Map<string, CallFile>();
  readonly #queue: Job[] = [];
  readonly #memory = new WritingMemory();
  #waiting = 0;
  #writing: Promise<void> | null = null;
  #folderMade = false;
  #told = false;
  #finished = 0;
  #incomplete = 0;

  /** `folder` is made with the first recording. `tell` is told once when recordings become incomplete. */
  constructor(
    folder: string,
    tell: (message: string) => void,
    options: Partial<RecordingWriterOptions> = {},
  ) {
    this.folder = folder;
    this.#tell = tell;
    this.#options = { ...writerDefaults, ...options };
  }

  /** Recordings that are complete on disk, and how many of them lack something. */
  get finished(): { recordings: number; incomplete: number } {
    return { recordings: this.#finished, incomplete: this.#incomplete };
  }

  /** Takes parts in; returns at once. */
  take(parts: readonly RecordingPart[]): void {
    for (const part of parts) this.#takeOne(part);
    this.#work();
  }

  /** Resolves when what has been taken in is on disk. */
  async written(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** The run is over: resolves when everything is written, or when it took too long. */
  async finish(): Promise<void> {
    for (const call of this.#calls.values()) {
      call.miss(engineFailed);
      this.#queue.push({ call, part: null, bytes: 0 });
    }
    this.#calls.clear();
    this.#work();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#options.finalMs);
    });
    const ended = await Promise.race([this.written(), late]);
    clearTimeout(timer);
    if (ended !== 'late') return;
    this.#queue.length = 0;
    this.#say(tooSlow);
  }

  #takeOne(part: RecordingPart): void {
    const key = `${part.callId} ${part.attempt}`;
    const call = this.#calls.get(key) ?? new CallFile(this.folder, part, this.#options.disk, this.#memory);
    if (part.ended) this.#calls.delete(key);
    else this.#calls.set(key, call);
    call.miss(part.incomplete);
    const bytes = bytesOf(part);
    if (!call.closed && this.#waiting + bytes > this.#options.waitingBytes) {
      call.closed = true;
      this.#miss(call, tooSlow);
    }
    if (!call.closed) {
      this.#waiting += bytes;
      this.#queue.push({ call, part, bytes });
    }
    if (part.ended) this.#queue.push({ call, part: null, bytes: 0 });
  }

  #work(): void {
    if (this.#writing === null && this.#queue.length > 0) this.#writing = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      const { call, part, bytes } = job;
      try {
        await this.#makeFolder();
        if (part === null) await this.#finish(call);
        else if (!call.lost) await call.add(part);
      } catch (thrown) {
        call.lost = true;
        call.closed = true;
        this.#miss(call, whyNotWritten(thrown));
        await call.mend();
      }
      this.#waiting -= bytes;
    }
    this.#writing = null;
  }

  async #makeFolder(): Promise<void> {
    if (this.#folderMade) return;
    await this.#options.disk.makeFolder(this.folder);
    this.#folderMade = true;
  }

  async #finish(call: CallFile): Promise<void> {
    const line: RecordedCall = await call.finish();
    await this.#options.disk.append(join(this.folder, indexName), Buffer.from(`${JSON.stringify(line)}\n`));
    this.#finished++;
    if (line.incomplete !== null) this.#incomplete++;
  }

  #miss(call: CallFile, reason: string): void {
    call.miss(reason);
    this.#say(reason);
  }

  #say(reason: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#tell(
      `Recorded calls are incomplete: ${reason}. The run goes on; ${this.folder} has what was written.`,
    );
  }
}

/** What a part takes of memory while it waits. */
function bytesOf(part: RecordingPart): number {
  const audio = part.stretches.reduce((sum, { caller }) => sum + caller.buffer.byteLength, 0);
  return part.messages.reduce((sum, { text }) => sum + 250 + 2 * (text?.length ?? 0), audio);
}
