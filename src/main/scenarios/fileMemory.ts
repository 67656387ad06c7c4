/** What was read from files, until they change: parsing hundreds of them each time would hold up everything else. */
import { stat } from 'node:fs/promises';

/** What tells one content of a file from another without reading it. */
export interface FileStamp {
  /** null: there is no such file, or it cannot be looked at. */
  stamp: string | null;
  modifiedAt: string | null;
}

/** Looks at a file. Never fails. */
export async function stampOf(path: string): Promise<FileStamp> {
  try {
    const { mtime, mtimeMs, ctimeMs, size, ino } = await stat(path);
    return { stamp: [mtimeMs, ctimeMs, size, ino].join(' '), modifiedAt: mtime.toISOString() };
  } catch {
    return { stamp: null, modifiedAt: null };
  }
}

const mostRemembered = 5000;

/** By path; bounded. What is handed out is shared: nobody may change it. */
export class FileMemory<T> {
  readonly #found = new Map<string, { stamp: string; value: T }>();

  /** What was kept of this content; undefined: nothing. */
  find(path: string, { stamp }: FileStamp): T | undefined {
    const found = this.#found.get(path);
    if (found?.stamp !== stamp) return undefined;
    return found.value;
  }

  keep(path: string, { stamp }: FileStamp, value: T): void {
    if (stamp === null) return;
    if (this.#found.size >= mostRemembered) this.#found.clear();
    this.#found.set(path, { stamp, value });
  }
}
