import { fork } from 'node:child_process';
import { entry } from '../entries.ts';
import type { HostedProcess, ProcessHost } from './host.ts';

const keptStderr = 4096;
const killAfterMs = 2000;

/** Helper processes as children of this Node (command line and browser host). They end with it: an open channel is their leash. */
export const nodeProcessHost: ProcessHost = {
  spawn(name, args = [], options = {}): HostedProcess {
    const child = fork(entry(name), args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...options.env },
      serialization: 'advanced',
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptStderr);
    });
    const exited = new Promise<{ code: number | null; stderr: string }>((resolve) => {
      child.once('error', (error) => resolve({ code: null, stderr: `${stderr}${error.message}` }));
      child.once('close', (code) => resolve({ code, stderr }));
    });
    return {
      pid: child.pid,
      exited,
      send: (message) => {
        if (child.connected) child.send(message as object);
      },
      onMessage(listener) {
        child.on('message', listener);
        return () => child.off('message', listener);
      },
      async kill() {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
        await exited;
        clearTimeout(timer);
      },
    };
  },
};
