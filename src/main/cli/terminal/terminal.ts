/** Where a command speaks: data on stdout, everything else on stderr. */
import { createStyle, wantsColour, type Style } from './style.ts';

/** What is needed of a stream; the process's own streams and a test's fit. */
export interface TextSink {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

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
  let shown: readonly string[] = [];
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
      stderr.write(`${erase()}${line}\n${block(shown)}`);
    },
    show: (lines) => {
      if (!live) return;
      stderr.write(`${erase()}${block(lines)}`);
      shown = [...lines];
    },
  };
}
