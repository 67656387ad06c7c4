/** Recordings that arrive in parts: collected on disk, never in memory, and gone when nothing comes any more. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { diskRefused } from '../diskErrors.ts';
import { decodeRecording, type RecordingFormat } from './decode.ts';
import { finishRecording, type FinishOptions } from './finish.ts';
import { clipOfRecording, keepRecording, recordingsFolder } from './keep.ts';
import type { KeptRecording } from './fromDisk.ts';
import { largestRecordingBytes, tooLarge } from './limits.ts';

const mostAtOnce = 4;
const silenceMs = 10 * 60_000;
const largestPart = 1024 * 1024;
const incomingName = '.incoming';
/** What another program that broke has left behind. */
const abandonedMs = 60 * 60_000;

export interface UploadOptions {
  /** Absolute folder of the workspace. */
  workspace: string;
  /** An upload of which nothing arrives for so long is dropped. */
  silenceMs?: number;
}

interface Upload {
  name: string;
  bytes: number;
  format: RecordingFormat;
  path: string;
  file: FileHandle;
  received: number;
  timer: NodeJS.Timeout;
  /** The last thing that was begun with it. */
  last: Promise<unknown>;
}

function unknownUpload(): Result<never> {
  return fail(
    'not_found',
    'unknown_upload',
    'This recording is not being brought in any more: it was finished, cancelled, or nothing of it came for ten minutes. Bring it in again.',
  );
}

/** The bytes of one part; null when it is not base64. */
function bytesOf(data: string): Buffer | null {
  const bytes = Buffer.from(data, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === data.replace(/=+$/, '') ? bytes : null;
}

/** Uploads of this process. All calls may be made at once; those of one upload take their turn. */
export class Uploads {
  readonly #workspace: string;
  readonly #silenceMs: number;
  readonly #uploads = new Map<string, Upload>();
  #beginning = 0;

  constructor(options: UploadOptions) {
    this.#workspace = options.workspace;
    this.#silenceMs = options.silenceMs ?? silenceMs;
  }

  /** How many are being brought in. */
  get open(): number {
    return this.#uploads.size + this.#beginning;
  }

  #incoming(): string {
    return join(recordingsFolder(this.#workspace), incomingName);
  }

  /** Errors: `recording_too_large`, `too_many_uploads`, `disk_refused`. */
  async begin(request: {
    name: string;
    bytes: number;
    format: RecordingFormat;
  }): Promise<Result<{ upload: string }>> {
    const { name, bytes, format } = request;
    if (bytes > largestRecordingBytes) return tooLarge(name, bytes);
    if (this.#uploads.size + this.#beginning >= mostAtOnce)
      return fail(
        'refused',
        'too_many_uploads',
        `${mostAtOnce} recordings are being brought in already; wait until one of them has finished.`,
      );
    this.#beginning++;
    try {
      await this.#dropAbandoned();
      const id = randomBytes(16).toString('hex');
      const path = join(this.#incoming(), `${id}.part`);
      // Another program that closes may remove the folder in between.
      const file = await this.#newFile(path).catch(() => this.#newFile(path));
      const timer = setTimeout(() => void this.cancel(id), this.#silenceMs);
      timer.unref();
      const last = Promise.resolve();
      this.#uploads.set(id, { name, bytes, format, path, file, received: 0, timer, last });
      return ok({ upload: id });
    } catch (thrown) {
      return diskRefused(`${name} cannot be brought into ${recordingsFolder(this.#workspace)}`, thrown);
    } finally {
      this.#beginning--;
    }
  }

  async #newFile(path: string): Promise<FileHandle> {
    await mkdir(this.#incoming(), { recursive: true });
    return open(path, 'wx+');
  }

  async #dropAbandoned(): Promise<void> {
    const own = new Set([...this.#uploads.values()].map(({ path }) => path));
    for (const name of await readdir(this.#incoming()).catch(() => [])) {
      const path = join(this.#incoming(), name);
      const touched = (await stat(path).catch(() => null))?.mtimeMs ?? Infinity;
      if (!own.has(path) && Date.now() - touched > abandonedMs) await rm(path, { force: true });
    }
  }

  /** Does something with an upload once what was begun before is done. */
  #inTurn<T>(id: string, work: (upload: Upload) => Promise<Result<T>>): Promise<Result<T>> {
    const upload = this.#uploads.get(id);
    if (!upload) return Promise.resolve(unknownUpload());
    const done = upload.last.then(() => (this.#uploads.has(id) ? work(upload) : unknownUpload()));
    upload.last = done.catch(() => undefined);
    return done;
  }

  /** `data`: base64 of at most 1 MB. What is wrong ends the upload. Errors: `unknown_upload`, `upload_broken`, `disk_refused`. */
  add(id: string, data: string): Promise<Result<void>> {
    return this.#inTurn(id, async (upload) => {
      upload.timer.refresh();
      const part = bytesOf(data);
      const { name, bytes, received } = upload;
      if (part === null || part.length > largestPart || received + part.length > bytes) {
        await this.#drop(id, upload);
        const why =
          part === null || part.length > largestPart
            ? 'a part of it is not what was agreed'
            : 'more of it arrived than was announced';
        return fail(
          'invalid_input',
          'upload_broken',
          `${name} was not brought in: ${why}. Bring it in again.`,
        );
      }
      try {
        let at = 0;
        while (at < part.length)
          at += (await upload.file.write(part, at, part.length - at, received + at)).bytesWritten;
        upload.received += part.length;
        return ok(undefined);
      } catch (thrown) {
        await this.#drop(id, upload);
        return diskRefused(`${name} cannot be brought into ${recordingsFolder(this.#workspace)}`, thrown);
      }
    });
  }

  /** Converts and keeps what has arrived; the upload has then ended, however this ends. Errors: `unknown_upload`, `upload_incomplete`, those of a recording. */
  finish(id: string, options: FinishOptions & { text: string }): Promise<Result<KeptRecording>> {
    return this.#inTurn(id, async (upload) => {
      try {
        return await this.#keep(upload, options);
      } finally {
        await this.#drop(id, upload);
      }
    });
  }

  async #keep(
    upload: Upload,
    { text, ...options }: FinishOptions & { text: string },
  ): Promise<Result<KeptRecording>> {
    const { name, bytes, received, format } = upload;
    if (received < bytes)
      return fail(
        'invalid_input',
        'upload_incomplete',
        `${name} arrived only in part (${received} of ${bytes} bytes); bring it in again.`,
      );
    let content: Buffer;
    try {
      content = Buffer.alloc(bytes);
      let at = 0;
      while (at < bytes) {
        const { bytesRead } = await upload.file.read(content, at, bytes - at, at);
        if (bytesRead === 0) throw new Error(`only ${at} of ${bytes} bytes are there`);
        at += bytesRead;
      }
    } catch (thrown) {
      return diskRefused(`${name} cannot be read back`, thrown);
    }
    const read = await decodeRecording(content, format, name);
    const finished = read.ok ? finishRecording(read.value, options, name) : read;
    if (!finished.ok) return finished;
    const { samples, notes } = finished.value;
    const kept = await keepRecording(this.#workspace, {
      name: name.replace(/\.[a-z0-9]{2,5}$/i, ''),
      samples,
      text,
    });
    return kept.ok ? ok({ clip: clipOfRecording(kept.value), filename: kept.value, notes }) : kept;
  }

  async #drop(id: string, upload: Upload): Promise<void> {
    this.#uploads.delete(id);
    clearTimeout(upload.timer);
    await upload.file.close().catch(() => undefined);
    await rm(upload.path, { force: true }).catch(() => undefined);
  }

  /** Ends an upload; what has arrived of it is removed. Nothing to do is no error. */
  async cancel(id: string): Promise<void> {
    await this.#inTurn(id, async (upload) => ok(await this.#drop(id, upload)));
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#uploads.keys()].map((id) => this.cancel(id)));
    await rmdir(this.#incoming()).catch(() => undefined);
  }
}
