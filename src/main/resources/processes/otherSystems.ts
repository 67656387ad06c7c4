/** Processes of systems without /proc: by their own commands, through systeminformation. */
import { availableParallelism } from 'node:os';
import { networkConnections, processes } from 'systeminformation';
import type { PortListeners, ProcessEntry, ProcessTable } from './table.ts';

/** Windows says how much of all cores a process uses, others how much of one. */
function coresOf(percent: number): number {
  return (percent / 100) * (process.platform === 'win32' ? availableParallelism() : 1);
}

async function all(): Promise<ProcessEntry[]> {
  const { list } = await processes();
  return list.map((found) => ({
    pid: found.pid,
    parent: found.parentPid,
    name: found.name,
    command: [[found.path, found.command].filter(Boolean).join('/'), found.params].filter(Boolean),
    identity: `${found.pid} ${found.started}`,
    cpuS: null,
    cores: coresOf(found.cpu),
    rss: found.memRss * 1024,
  }));
}

export function otherProcesses(): ProcessTable {
  return {
    all,
    one: async (pid) => (await all()).find((entry) => entry.pid === pid) ?? null,
    proportional: () => Promise.resolve(null),
    async listeners(ports) {
      const found = new Map<number, PortListeners>();
      for (const { state, localPort, pid } of await networkConnections()) {
        const port = Number(localPort);
        if (!/^listen/i.test(state) || (ports !== undefined && !ports.includes(port))) continue;
        const listeners = found.get(port) ?? { pids: [], hidden: true };
        found.set(port, listeners);
        if (pid > 0 && !listeners.pids.includes(pid)) listeners.pids.push(pid);
        listeners.hidden = listeners.pids.length === 0;
      }
      return found;
    },
  };
}
