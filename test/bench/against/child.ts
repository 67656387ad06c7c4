/** A program that is run to its end, but never for longer than it may, and never beyond this process's own end. */
import { spawn } from 'node:child_process';

const keptOutput = 4096;
const killAfterMs = 3000;

export interface ChildOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Ended when it takes longer than this. */
  atMostMs: number;
  signal?: AbortSignal;
}

export interface ChildEnd {
  /** null: it could not start, or a signal ended it. */
  code: number | null;
  /** It was ended because it took too long. */
  late: boolean;
  stdout: string;
  /** The last of it. */
  stderr: string;
}

/** Resolves when the program is gone, whatever its exit code. Rejects with the signal's reason once it was aborted and the program is gone. */
export function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let late = false;
    let killer: NodeJS.Timeout | undefined;
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => (stdout = (stdout + text).slice(-keptOutput)));
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (stderr = (stderr + text).slice(-keptOutput)));
    // Locust takes SIGTERM for a request to write its results and leave; SIGINT it may never see.
    const end = (): void => {
      child.kill('SIGTERM');
      killer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    };
    const withUs = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(() => {
      late = true;
      end();
    }, options.atMostMs);
    signal?.addEventListener('abort', end, { once: true });
    process.once('exit', withUs);
    const over = (code: number | null): void => {
      clearTimeout(timer);
      clearTimeout(killer);
      signal?.removeEventListener('abort', end);
      process.off('exit', withUs);
      if (signal?.aborted) reject(reasonOf(signal));
      else resolve({ code, late, stdout, stderr });
    };
    child.once('error', (error) => {
      stderr += error.message;
      over(null);
    });
    child.once('close', over);
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
