import { utilityProcess } from 'electron';
import { entry } from '../entries.ts';
import type { HostedProcess, ProcessHost } from '../processes/host.ts';

const keptStderr = 4096;
const killAfterMs = 2000;

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Helper processes of the desktop door: `child_process.fork` needs a fuse that is off in the packaged app. */
export const utilityProcessHost: ProcessHost = {
  spawn(name, args = [], options = {}): HostedProcess {
    const child = utilityProcess.fork(entry(name), args, {
      serviceName: `Crosstalk ${name}`,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...definedOnly(process.env), ...options.env },
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-keptStderr);
    });
    let ended = false;
    const exited = new Promise<{ code: number | null; stderr: string }>((resolve) => {
      child.once('exit', (code) => {
        ended = true;
        resolve({ code, stderr });
      });
    });
    return {
      get pid() {
        return child.pid;
      },
      exited,
      send: (message) => {
        if (!ended) child.postMessage(message);
      },
      onMessage(listener) {
        child.on('message', listener);
        return () => child.off('message', listener);
      },
      async kill() {
        if (ended) return;
        child.kill();
        const timer = setTimeout(() => {
          if (!ended && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
        }, killAfterMs);
        await exited;
        clearTimeout(timer);
      },
    };
  },
};
