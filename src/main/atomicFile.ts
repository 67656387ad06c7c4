import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a small file of the program's own so that it is never half there; throws, leaving what was there, when it cannot. */
export function writeAtomically(file: string, text: string): void {
  writePartsAtomically(file, [text]);
}

/** The same for a file that is too large to be put together in memory. */
export function writePartsAtomically(file: string, parts: Iterable<string>): void {
  const partial = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(partial, 'w', 0o600);
    try {
      for (const part of parts) writeWhole(handle, part);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(partial, file);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw thrown;
  }
}

/** A disk that fills up takes a part and fails only at the next write. */
function writeWhole(handle: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
}
