/** Files that requests send: read once, into memory that all threads share. */
import { open, stat } from 'node:fs/promises';
import { fail, ok, type Result } from '#contract/errors';
import { diskReason } from '../../diskReason.ts';

const mebibyte = 1024 * 1024;
/** What one request sends; more is a matter for a tool that moves files. */
export const largestBodyBytes = 256 * mebibyte;

/** `4 GB`, `300 MB`, in words for people. */
function sizeInWords(bytes: number): string {
  return bytes >= 1024 * mebibyte
    ? `${Number((bytes / 1024 / mebibyte).toFixed(1))} GB`
    : `${Math.ceil(bytes / mebibyte)} MB`;
}

/** The size of a file in bytes. Errors: `file_missing`, `file_unreadable`, `file_too_large`. */
export async function sizeOfFile(path: string, largest: number, what: string): Promise<Result<number>> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return fail('invalid_input', 'file_unreadable', `${path} is not a file`);
    if (found.size > largest)
      return fail(
        'invalid_input',
        'file_too_large',
        `${path} has ${sizeInWords(found.size)}; ${what} may have at most ${sizeInWords(largest)}`,
      );
    return ok(found.size);
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

/** What was thrown while a file was read, in a sentence. */
export function unreadable(path: string, thrown: unknown): Result<never> {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return fail('invalid_input', 'file_missing', `there is no file ${path}`);
  return fail('invalid_input', 'file_unreadable', `${path} cannot be read: ${diskReason(thrown)}`);
}

async function readShared(path: string): Promise<Result<SharedArrayBuffer>> {
  const size = await sizeOfFile(path, largestBodyBytes, 'what a request sends');
  if (!size.ok) return size;
  try {
    const handle = await open(path);
    try {
      const bytes = new Uint8Array(new SharedArrayBuffer(size.value));
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await handle.read(bytes, at, Math.min(16 * mebibyte, bytes.length - at), at);
        if (bytesRead === 0)
          return fail('invalid_input', 'file_unreadable', `${path} became shorter while it was read`);
        at += bytesRead;
      }
      return ok(bytes.buffer);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

/** Each file once, however many steps send it. */
export class BodyFiles {
  readonly #read = new Map<string, Promise<Result<SharedArrayBuffer>>>();
  readonly #sizes: boolean;

  /** `sizes`: only whether they could be read; their contents are then empty. */
  constructor({ sizes }: { sizes: boolean }) {
    this.#sizes = sizes;
  }

  /** Errors: those of `sizeOfFile`, as the end of a sentence. */
  bytes(path: string): Promise<Result<SharedArrayBuffer>> {
    const known = this.#read.get(path);
    if (known) return known;
    const made = this.#sizes ? this.#looked(path) : readShared(path);
    this.#read.set(path, made);
    return made;
  }

  async #looked(path: string): Promise<Result<SharedArrayBuffer>> {
    const size = await sizeOfFile(path, largestBodyBytes, 'what a request sends');
    return size.ok ? ok(new SharedArrayBuffer(0)) : size;
  }
}
