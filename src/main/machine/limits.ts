/** Reads what limits the number of calls on this machine; what a system does not say stays null. */
import type { MachineFacts } from '#contract/machine';
import type { MachineReader } from './reader.ts';
import { socketsTowards } from './sockets.ts';

/** `towards`: addresses (`host:port`) whose local ports in use are wanted; only where the host is an IP address or localhost. */
export async function readMachine(
  reader: MachineReader,
  towards: readonly string[] = [],
): Promise<MachineFacts> {
  const memory = reader.memory();
  const [openFiles, ports] = await Promise.all([readOpenFiles(reader), readPorts(reader)]);
  return {
    platform: reader.platform,
    cpuModel: reader.cpuModel(),
    cores: Math.max(1, reader.cores()),
    openFiles,
    ports,
    portsInUse: Object.fromEntries(
      towards.map((address): [string, number] => [address, socketsTowards(reader, address)]),
    ),
    memoryTotal: memory.constrained ?? memory.total,
    memoryAvailable: memoryAvailable(reader, memory),
  };
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** The limit in force; Node has raised it as far as it may when it started. */
async function readOpenFiles(reader: MachineReader): Promise<number | null> {
  switch (reader.platform) {
    case 'win32':
      return null;
    case 'linux': {
      const limits = reader.file('/proc/self/limits');
      return integer(/^Max open files\s+(\S+)/m.exec(limits ?? '')?.[1]);
    }
    default: {
      const [soft, kernel] = await Promise.all([
        reader.command('/bin/sh', ['-c', 'ulimit -n']),
        reader.platform === 'darwin' ? reader.command('sysctl', ['-n', 'kern.maxfilesperproc']) : null,
      ]);
      const known = [soft, kernel].map((text) => integer(text?.trim())).filter((n) => n !== null);
      return known.length > 0 ? Math.min(...known) : null;
    }
  }
}

/** How many local ports the system hands out. */
async function readPorts(reader: MachineReader): Promise<number | null> {
  switch (reader.platform) {
    case 'linux': {
      const range = reader.file('/proc/sys/net/ipv4/ip_local_port_range');
      return sizeOf(...(range ?? '').trim().split(/\s+/));
    }
    case 'darwin': {
      const range = await reader.command('sysctl', [
        '-n',
        'net.inet.ip.portrange.first',
        'net.inet.ip.portrange.last',
      ]);
      return sizeOf(...(range ?? '').trim().split(/\s+/));
    }
    case 'win32': {
      // Its words are in the language of the system: the second number is the count.
      const shown = await reader.command('netsh', ['int', 'ipv4', 'show', 'dynamicport', 'tcp']);
      const numbers = [...(shown ?? '').matchAll(/:\s*(\d+)\s*$/gm)].map((match) => match[1]);
      return integer(numbers[1]);
    }
    default:
      return null;
  }
}

function sizeOf(first?: string, last?: string): number | null {
  const from = integer(first);
  const to = integer(last);
  return from === null || to === null || to < from ? null : to - from + 1;
}

/** macOS counts as free only what has never been used, so there the whole is what can be judged by. */
function memoryAvailable(
  reader: MachineReader,
  memory: { total: number; free: number; constrained: number | null },
): number | null {
  if (reader.platform === 'win32') return memory.free;
  if (reader.platform !== 'linux') return null;
  const kilobytes = integer(/^MemAvailable:\s+(\d+) kB/m.exec(reader.file('/proc/meminfo') ?? '')?.[1]);
  return kilobytes === null
    ? null
    : Math.min(kilobytes * 1024, memory.constrained ?? Number.POSITIVE_INFINITY);
}
