/**
 * Where a command speaks: data on stdout, everything else on stderr. Progress never waits for whoever reads it: what is
 * not read is left out beyond a bound, and said to be.
 */
import { createStyle, wantsColour, type Style } from './style.ts';

/** What is needed of a stream; the process's own streams and a test's fit. */
export interface TextSink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  /** Bytes that were written and have not left yet. */
  readonly writableLength?: number | undefined;
}

/** Progress that may wait for a reader: more than a slow one ever lets come together. */
const unreadBytes = 256 * 1024;

export interface Terminal {
  /** Writes data, as it is. */
  out(text: string): void;
  /** Writes a line of progress, above the live view when there is one. */
  say(line: string): void;
  /** Replaces the live view at the bottom; an empty list removes it. Nothing happens where `live` is false. */
  show(lines: readonly string[]): void;
  readonly style: Style;
  readonly sayStyle: Style;
  /** Whether stderr is a terminal that can redraw lines. */
  readonly live: boolean;
  /** Width of stderr, now. */
  readonly columns: () => number;
}

/** A terminal over two streams. */
export function createTerminal(
  stdout: TextSink,
  stderr: TextSink,
  env: Record<string, string | undefined>,
): Terminal {
  const live = stderr.isTTY === true && env.TERM !== 'dumb';
  if (live && process.platform !== 'win32') neverBlock(stderr);
  const waiting = () => stderr.writableLength ?? 0;
  let shown: readonly string[] = [];
  let leftOut = 0;
  const erase = () => (shown.length === 0 ? '' : `\u001b[${shown.length}A\r\u001b[J`);
  const block = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return {
    live,
    style: createStyle(wantsColour(stdout, env)),
    sayStyle: createStyle(wantsColour(stderr, env)),
    columns: () => stderr.columns ?? 80,
    out: (text) => {
      if (live && stdout.isTTY === true && shown.length > 0) {
        stderr.write(erase());
        shown = [];
      }
      stdout.write(text);
    },
    say: (line) => {
      if (waiting() > unreadBytes) {
        leftOut += 1;
        return;
      }
      const gap = leftOut === 0 ? '' : `(${leftOut} lines left out: nobody read them)\n`;
      leftOut = 0;
      stderr.write(`${erase()}${gap}${line}\n${block(shown)}`);
    },
    show: (lines) => {
      // A view that nobody has seen yet is not drawn over; the next second brings another.
      if (!live || waiting() > 0) return;
      stderr.write(`${erase()}${block(lines)}`);
      shown = [...lines];
    },
  };
}

/**
 * Node lets a write to a terminal wait until it is taken, and everything else with it: a terminal that was stopped
 * (Ctrl-S) would hold up the run. Without that what is not taken waits in memory, as with a pipe.
 */
function neverBlock(stream: object): void {
  const handle: unknown = '_handle' in stream ? stream._handle : null;
  if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) return;
  if (typeof handle.setBlocking === 'function') Reflect.apply(handle.setBlocking, handle, [false]);
}
