import { appendFile, mkdir, open, truncate } from 'node:fs/promises';

/** What recording needs of a disk; a test may have one that is full. */
export interface RecordingDisk {
  /** Creates the folder when it is missing. */
  makeFolder(folder: string): Promise<void>;
  /** Adds to the end of a file, which is created for this user alone. */
  append(file: string, bytes: Uint8Array): Promise<void>;
  /** Writes over what is there. */
  overwrite(file: string, position: number, bytes: Uint8Array): Promise<void>;
  /** Cuts a file that has more than `bytes`. */
  cut(file: string, bytes: number): Promise<void>;
}

export const nodeDisk: RecordingDisk = {
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  append: (file, bytes) => appendFile(file, bytes, { mode: 0o600 }),
  async overwrite(file, position, bytes) {
    const handle = await open(file, 'r+');
    try {
      await handle.write(bytes, 0, bytes.length, position);
    } finally {
      await handle.close();
    }
  },
  cut: (file, bytes) => truncate(file, bytes),
};

const reasons: Record<string, string> = {
  ENOSPC: 'the disk was full',
  EDQUOT: 'the disk quota was used up',
  EROFS: 'the disk is read-only',
  EACCES: 'its folder may not be written to',
  EPERM: 'its folder may not be written to',
  EMFILE: 'too many files were open',
  ENOENT: 'its folder was removed',
};

/** Why something could not be written, as the end of a sentence. */
export function whyNotWritten(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return reasons[code] ?? thrown.message;
}
