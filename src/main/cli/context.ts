import type { AppError } from '#contract/errors';
import { exitCodeOfError, type ExitCode } from './exit.ts';
import type { Interrupts } from './interrupts.ts';
import type { Terminal } from './terminal/terminal.ts';
import { printable } from './terminal/text.ts';

/** What a command is given beside its arguments. */
export interface CliContext {
  terminal: Terminal;
  env: Record<string, string | undefined>;
  interrupts: Interrupts;
  /** Tells of every Enter on standard input until the returned function is called. */
  onEnter(listener: () => void): () => void;
  /** Tells of every single key until the returned function is called; null where nobody sits at a terminal. */
  onKey(listener: (key: string) => void): (() => void) | null;
}

/** A command's work: ends with the code the process ends with. Expected failures are thrown as `CrosstalkError`. */
export type CommandAction = (context: CliContext) => Promise<ExitCode>;

/** Says a failure on stderr: the sentence, and where it holds more than that (places in a file), the detail below it. */
export function sayError(terminal: Terminal, error: AppError): ExitCode {
  const sentence = printable(error.message);
  terminal.say(`${terminal.sayStyle.red('Error:')} ${sentence}`);
  if (error.kind === 'invalid_input' && error.detail !== undefined) {
    const more = error.detail.split('\n').map(printable);
    // The first of several problems is the sentence already.
    for (const line of more) if (line !== '' && !sentence.startsWith(line)) terminal.say(`       ${line}`);
  }
  return exitCodeOfError(error);
}

/** Data as JSON, the way every `--json` prints it. */
export function printJson(terminal: Terminal, data: unknown): void {
  terminal.out(`${JSON.stringify(data, null, 2)}\n`);
}
