import { describe, expect, it } from 'vitest';
import { readMachine } from './limits.ts';
import { thisMachine, type MachineReader } from './reader.ts';

interface Given {
  platform: NodeJS.Platform;
  files?: Record<string, string>;
  commands?: Record<string, string>;
  constrained?: number;
}

function reader({ platform, files = {}, commands = {}, constrained }: Given): MachineReader {
  return {
    platform,
    cores: () => 4,
    cpuModel: () => 'AMD EPYC',
    memory: () => ({ total: 16e9, free: 3e9, constrained: constrained ?? null }),
    file: (path) => files[path] ?? null,
    command: (name, args) => Promise.resolve(commands[[name, ...args].join(' ')] ?? null),
  };
}

const limits = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            20000                65536                files
Max locked memory         8388608              8388608              bytes
`;
const linux = {
  '/proc/self/limits': limits,
  '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
  '/proc/meminfo': 'MemTotal:       24684176 kB\nMemFree:        1000 kB\nMemAvailable:   24175616 kB\n',
};
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n`;

describe('on Linux', () => {
  it('reads /proc', async () => {
    expect(await readMachine(reader({ platform: 'linux', files: linux }))).toEqual({
      platform: 'linux',
      cpuModel: 'AMD EPYC',
      cores: 4,
      openFiles: 20_000,
      ports: 28_232,
      portsInUse: {},
      memoryTotal: 16e9,
      memoryAvailable: 24_175_616 * 1024,
    });
  });

  it('keeps to what a container may have', async () => {
    const files = linux;
    expect(await readMachine(reader({ platform: 'linux', files, constrained: 2e9 }))).toMatchObject({
      memoryTotal: 2e9,
      memoryAvailable: 2e9,
    });
  });

  it('leaves open what it is not told', async () => {
    const nothing = await readMachine(reader({ platform: 'linux' }), ['127.0.0.1:80']);
    expect(nothing).toMatchObject({ openFiles: null, ports: null, memoryAvailable: null });
    expect(nothing.portsInUse).toEqual({ '127.0.0.1:80': 0 });
    const unlimited = limits.replace('20000    ', 'unlimited');
    const files = { '/proc/self/limits': unlimited, '/proc/sys/net/ipv4/ip_local_port_range': '5 4' };
    expect(await readMachine(reader({ platform: 'linux', files }))).toMatchObject({
      openFiles: null,
      ports: null,
    });
  });

  it('counts the ports that are taken towards an address', async () => {
    const server = '0100007F:1F4A';
    const files = {
      ...linux,
      '/proc/sys/net/ipv4/tcp_tw_reuse': '0\n',
      '/proc/net/tcp':
        head +
        row(server, '00000000:0000', '0A') +
        row('0100007F:D431', server, '01') +
        row(server, '0100007F:D431', '01') +
        row('0100007F:D432', server, '06') +
        row('0100007F:D433', '0100007F:1F4B', '01') +
        row('0200000A:D434', '0700000A:01BB', '06'),
      '/proc/net/tcp6':
        head +
        row('0000000000000000FFFF00000100007F:D435', `0000000000000000FFFF0000${server}`, '01') +
        row('00000000000000000000000001000000:D436', '00000000000000000000000001000000:1F4A', '01') +
        row('B80D0120000000000000000001000000:D437', 'B80D0120000000000000000002000000:01BB', '01'),
    };
    const inUse = async (address: string, reuse = '0') => {
      const given = { ...files, '/proc/sys/net/ipv4/tcp_tw_reuse': `${reuse}\n` };
      return (await readMachine(reader({ platform: 'linux', files: given }), [address])).portsInUse[address];
    };
    expect(await inUse('127.0.0.1:8010')).toBe(3);
    expect(await inUse('localhost:8010')).toBe(3);
    expect(await inUse('[::1]:8010')).toBe(1);
    expect(await inUse('[2001:db8::2]:443')).toBe(1);
    expect(await inUse('[2001:db8:0:0:0:0:0:2]:443')).toBe(1);
    expect(await inUse('10.0.0.7:443')).toBe(1);
    expect(await inUse('agent.test:443')).toBe(0);
    // What the kernel gives away again is not taken.
    expect(await inUse('127.0.0.1:8010', '2')).toBe(2);
    expect(await inUse('10.0.0.7:443', '2')).toBe(1);
    expect(await inUse('10.0.0.7:443', '1')).toBe(0);
  });
});

describe('elsewhere', () => {
  const mac = {
    '/bin/sh -c ulimit -n': '1048575\n',
    'sysctl -n kern.maxfilesperproc': '122880\n',
    'sysctl -n net.inet.ip.portrange.first net.inet.ip.portrange.last': '49152\n65535\n',
  };
  it('asks macOS', async () => {
    expect(await readMachine(reader({ platform: 'darwin', commands: mac }))).toMatchObject({
      openFiles: 122_880,
      ports: 16_384,
      memoryTotal: 16e9,
      memoryAvailable: null,
    });
    const unlimited = { ...mac, '/bin/sh -c ulimit -n': 'unlimited\n' };
    expect(await readMachine(reader({ platform: 'darwin', commands: unlimited }))).toMatchObject({
      openFiles: 122_880,
    });
    expect(await readMachine(reader({ platform: 'darwin' }))).toMatchObject({ openFiles: null, ports: null });
  });

  it.each([
    ['English', 'Protocol tcp Dynamic Port Range', 'Start Port      : 49152', 'Number of Ports : 16384'],
    [
      'German',
      'Dynamischer Portbereich für Protokoll tcp',
      'Startport       : 49152',
      'Portanzahl      : 16384',
    ],
  ])('asks Windows in %s', async (_language, title, start, count) => {
    const shown = `\r\n${title}\r\n---------------------------------\r\n${start}\r\n${count}\r\n\r\n`;
    const commands = { 'netsh int ipv4 show dynamicport tcp': shown };
    expect(await readMachine(reader({ platform: 'win32', commands }))).toMatchObject({
      openFiles: null,
      ports: 16_384,
      memoryAvailable: 3e9,
    });
  });

  it('knows no limit of a system it does not know', async () => {
    expect(await readMachine(reader({ platform: 'sunos' }))).toMatchObject({ openFiles: null, ports: null });
  });
});

it('reads this machine', async () => {
  const facts = await readMachine(thisMachine, ['127.0.0.1:9']);
  expect(facts.cores).toBeGreaterThanOrEqual(1);
  expect(facts.memoryTotal).toBeGreaterThan(100e6);
  expect(facts.portsInUse['127.0.0.1:9']).toBe(0);
  if (process.platform === 'linux') {
    expect(facts.ports).toBeGreaterThan(0);
    expect(facts.memoryAvailable).toBeLessThanOrEqual(facts.memoryTotal);
  }
});
