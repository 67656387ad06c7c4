import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a small file of the program's own so that it is never half there; throws, leaving what was there, when it cannot. */
export function writeAtomically(file: string, text: string): void {
  const partial = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(partial, 'w', 0o600);
    try {
      writeSync(handle, text);
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
