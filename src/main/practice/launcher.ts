/** Starts the practice agent in a process of its own and watches over it. */
import { fail, ok, type AppError, type Result } from '#contract/errors';
import { FromPractice, type PracticeConfigInput, type ServiceUrls } from '#contract/practice';
import type { HostedProcess, ProcessHost } from '../processes/host.ts';
import { bundled } from '../entries.ts';
import { checkPracticeConfig } from './config.ts';

const readyWithinMs = 10_000;
const endsWithinMs = 2000;

export interface PracticeOptions {
  config: PracticeConfigInput;
  /** Default 0: any free one. */
  port?: number;
  /** Ground truth goes here as JSON lines; replaces an earlier log. */
  logFile?: string;
  /** Accepts calls, reads and counts, answers nothing: for measuring capacity. */
  sink?: boolean;
  /** Folder of `.pcm` recordings (16-bit, 16 kHz, mono) for the answers; default: the bundled ones. */
  audioFolder?: string;
}

/** A practice agent that is running. */
export interface PracticeAgent {
  readonly url: string;
  readonly port: number;
  /** Where the services around it are reached, over HTTP and over gRPC. */
  readonly services: ServiceUrls;
  readonly pid: number | undefined;
  /** Resolves when its process is gone, asked to or not. */
  readonly exited: Promise<{ code: number | null; stderr: string }>;
  /** Lets it end its calls and write the rest of its log; resolves when it is gone. Bounded. */
  close(): Promise<void>;
}

/**
 * Starts the agent and waits (ten seconds at most) until it takes calls. Fails with `invalid_input` for wrong
 * settings, else `unavailable` with the cause: the port is taken, the log cannot be written, the process died.
 */
export async function launchPractice(
  processes: ProcessHost,
  options: PracticeOptions,
): Promise<Result<PracticeAgent>> {
  const config = checkPracticeConfig(options.config, 'The practice agent');
  if (!config.ok) return config;
  const args = ['--config', JSON.stringify(options.config), '--port', String(options.port ?? 0)];
  args.push('--audio', options.audioFolder ?? bundled('audio_cache'));
  args.push('--proto', bundled('resources', 'presets', 'protos', 'june.proto'));
  if (options.logFile !== undefined) args.push('--log', options.logFile);
  if (options.sink) args.push('--sink');
  const child = processes.spawn('practice', args);
  const ready = await waitForReady(child);
  if (!ready.ok) {
    await child.kill();
    return ready;
  }
  return ok({ ...ready.value, pid: child.pid, exited: child.exited, close: () => end(child) });
}

type Addresses = Pick<PracticeAgent, 'url' | 'port' | 'services'>;

function waitForReady(child: HostedProcess): Promise<Result<Addresses>> {
  return new Promise((resolve) => {
    const settle = (result: Result<Addresses>): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(result);
    };
    const unsubscribe = child.onMessage((message) => {
      const parsed = FromPractice.safeParse(message);
      if (!parsed.success) return;
      if (parsed.data.type === 'failed') {
        settle(fail('unavailable', 'practice_failed', parsed.data.message));
        return;
      }
      const { url, port, services } = parsed.data;
      settle(ok({ url, port, services }));
    });
    const timer = setTimeout(() => {
      settle(
        fail(
          'unavailable',
          'practice_silent',
          `The practice agent did not start within ${readyWithinMs / 1000} s; close other programs and try again`,
        ),
      );
    }, readyWithinMs);
    void child.exited.then(({ code, stderr }) => settle({ ok: false, error: died(code, stderr) }));
  });
}

function died(code: number | null, stderr: string): AppError {
  const lines = stderr.trim().split('\n').filter(Boolean);
  const cause = lines.find((line) => /\b\w*Error\b.*:/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return {
    kind: 'unavailable',
    code: 'practice_died',
    message: `The practice agent ended while it was starting (${code === null ? 'killed' : `exit code ${code}`}): ${cause.trim()}`,
    detail: stderr,
  };
}

async function end(child: HostedProcess): Promise<void> {
  child.send({ type: 'stop' });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), endsWithinMs);
  });
  const outcome = await Promise.race([child.exited, late]);
  clearTimeout(timer);
  if (outcome === 'late') await child.kill();
}
