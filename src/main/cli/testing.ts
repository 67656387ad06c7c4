/** A command line without a process: what it says is kept, signals are raised by hand. */
import type { CliContext } from './context.ts';
import { InterruptRelay } from './interrupts.ts';
import { runCli } from './program.ts';
import { createTerminal } from './terminal/terminal.ts';

export interface Spoken {
  code: number;
  out: string;
  err: string;
}

export interface TestCli extends CliContext {
  interrupts: InterruptRelay;
  /** What has been said so far. */
  said: { out: string; err: string };
  /** Presses a key; refused while nobody listens. */
  press(key: string): void;
  /** Resolves once the text (stdout and stderr together) matches. */
  until(pattern: RegExp): Promise<void>;
}

/** A context whose streams are pipes and whose environment is only what is given. */
export function testCli(env: Record<string, string | undefined> = {}): TestCli {
  const said = { out: '', err: '' };
  let waiting: { pattern: RegExp; resolve: () => void }[] = [];
  let onKey: ((key: string) => void) | null = null;
  const write = (stream: 'out' | 'err') => ({
    write(text: string) {
      said[stream] += text;
      waiting = waiting.filter(({ pattern, resolve }) => {
        if (!pattern.test(said.out + said.err)) return true;
        resolve();
        return false;
      });
    },
  });
  return {
    said,
    env,
    terminal: createTerminal(write('out'), write('err'), env),
    interrupts: new InterruptRelay((signal) => {
      throw new Error(`Nobody listens to ${signal}`);
    }),
    onEnter: () => () => {},
    onKey(listener) {
      onKey = listener;
      return () => (onKey = null);
    },
    press(key) {
      if (onKey === null) throw new Error('Nobody listens to keys');
      onKey(key);
    },
    until: (pattern) =>
      pattern.test(said.out + said.err)
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ pattern, resolve })),
  };
}

/** Runs one command line to its end. */
export async function speak(argv: string[], env: Record<string, string | undefined> = {}): Promise<Spoken> {
  const context = testCli(env);
  const code = await runCli(argv, context);
  return { code, ...context.said };
}
