/** The command line as a process whose progress nobody reads: the pipe behind stderr is full from the start. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Result } from '../../src/contract/errors.ts';
import { RunSummary } from '../../src/contract/run.ts';
import { bundled, entry } from '../../src/main/entries.ts';
import { openHistory, type History } from '../../src/main/history/history.ts';

// Real calls take real seconds.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let pipe: { full: number; writing: number };
let child: ChildProcess | null = null;
let history: History | null = null;

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message, { cause: result.error });
}

/** A named pipe that takes no further byte. */
function fullPipe(): typeof pipe {
  const file = join(folder, 'pipe');
  execFileSync('mkfifo', [file]);
  const full = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const filling = Buffer.alloc(4096);
  try {
    for (;;) writeSync(full, filling);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) throw thrown;
  }
  return { full, writing: openSync(file, constants.O_WRONLY) };
}

function run(args: string[]): { child: ChildProcess; stdout: Promise<string>; exit: Promise<unknown[]> } {
  const started = spawn(
    process.execPath,
    [
      entry('cli'),
      'run',
      bundled('resources', 'scenarios', 'practice.yaml'),
      '--users',
      '2',
      '--json',
      ...args,
    ],
    {
      stdio: ['ignore', 'pipe', pipe.writing],
      env: { ...process.env, CROSSTALK_HOME: join(folder, 'home'), NO_COLOR: '1' },
    },
  );
  child = started;
  if (started.stdout === null) throw new Error('no stdout');
  return { child: started, stdout: text(started.stdout), exit: once(started, 'exit') };
}

describe.skipIf(process.platform === 'win32')('a run whose progress nobody reads', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crosstalk-pipe-'));
    pipe = fullPipe();
  });
  afterEach(async () => {
    await history?.close();
    history = null;
    child?.kill('SIGKILL');
    closeSync(pipe.full);
    closeSync(pipe.writing);
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends by itself, with all its data', async () => {
    const { stdout, exit } = run(['--duration', '2s']);
    const summary = RunSummary.parse(JSON.parse(await stdout));
    expect(summary).toMatchObject({ ended: 'completed', counts: { calls_connected: 2, slipped: 0 } });
    expect((await exit)[1], 'no signal').toBeNull();
  });

  it('stops when it is told to', async () => {
    const { child: running, stdout, exit } = run(['--duration', '10m', '--set', 'load.graceful_stop=1s']);
    await vi.waitFor(
      async () => {
        history ??= need(await openHistory({ file: join(folder, 'home', 'crosstalk.db') }));
        const [row] = need(await history.list({ limit: 1 }));
        expect(row?.durationMs).toBeGreaterThan(0);
      },
      { timeout: 30_000, interval: 100 },
    );
    running.kill('SIGINT');
    expect(RunSummary.parse(JSON.parse(await stdout)).ended).toBe('stopped');
    expect((await exit)[1], 'no signal').toBeNull();
  });
});
