/** The command line as a process: its streams, its signals and its last word. */
import { createInterface } from 'node:readline';
import { interruptSignals, InterruptRelay, signalExitCodes } from './interrupts.ts';
import { listenForKeys, processSystem } from './keys.ts';
import { runCli } from './program.ts';
import { createTerminal } from './terminal/terminal.ts';

/** A reader that went away (`| head`), or a terminal that was closed, is no reason to end with an error. */
const readerGone: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

const output = { diskFull: false };

function tolerate(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (readerGone.has(error.code ?? '')) return;
    if (error.code !== 'ENOSPC') throw error;
    if (stream !== process.stderr)
      process.stderr.write('Error: The output cannot be written: the disk is full.\n');
    output.diskFull = true;
  });
}

/** How long the end waits for somebody to read what was said beside the data, ms. */
const lastWordsMs = 1000;

/** Waits until what was written has left, so that nothing is cut off at the end of a pipe. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) return resolve();
    stream.write('', () => resolve());
  });
}

function onEnter(listener: () => void): () => void {
  process.stdin.on('error', () => {});
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', listener);
  return () => lines.close();
}

function onKey(listener: (key: string) => void): (() => void) | null {
  if (!terminal.live) return null;
  process.stdin.on('error', () => {});
  return listenForKeys(
    process.stdin,
    processSystem((signal) => relay.raise(signal)),
    listener,
  );
}

tolerate(process.stdout);
tolerate(process.stderr);

const relay = new InterruptRelay((signal) => process.exit(signalExitCodes[signal]));
for (const signal of interruptSignals) process.on(signal, () => relay.raise(signal));

const terminal = createTerminal(process.stdout, process.stderr, process.env);
const code = await runCli(process.argv.slice(2), {
  terminal,
  env: process.env,
  interrupts: relay,
  onEnter,
  onKey,
});
const unread = new Promise<void>((resolve) => setTimeout(resolve, lastWordsMs));
await Promise.all([drained(process.stdout), Promise.race([drained(process.stderr), unread])]);
process.exit(code === 0 && output.diskFull ? 1 : code);
