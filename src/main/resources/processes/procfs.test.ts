import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { linuxProcesses, listeningInodes, readStat } from './procfs.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function stat(pid: number, name: string, { parent = 1, own = 0, ended = 0, started = 500, pages = 10 } = {}) {
  const before = `S ${parent} 1 1 0 -1 4194560 100 0 0 0`;
  return `${pid} (${name}) ${before} ${own} 0 ${ended} 0 20 0 1 0 ${started} 1000000 ${pages} 18446744073709551615 0`;
}

function proc(): {
  root: string;
  add(pid: number, stat: string, command: string, more?: { sockets?: string[]; smaps?: string }): void;
  net(name: string, text: string): void;
} {
  const root = mkdtempSync(join(tmpdir(), 'crosstalk-proc-'));
  folders.push(root);
  mkdirSync(join(root, 'net'));
  return {
    root,
    add(pid, text, command, { sockets = [], smaps } = {}) {
      const folder = join(root, String(pid));
      mkdirSync(join(folder, 'fd'), { recursive: true });
      writeFileSync(join(folder, 'stat'), text);
      writeFileSync(join(folder, 'cmdline'), command.split(' ').join('\0'));
      sockets.forEach((inode, fd) => symlinkSync(`socket:[${inode}]`, join(folder, 'fd', String(fd))));
      if (smaps !== undefined) writeFileSync(join(folder, 'smaps_rollup'), smaps);
    },
    net: (name, text) => writeFileSync(join(root, 'net', name), text),
  };
}

const tcp = (port: string, state: string, inode: string) =>
  `   0: 0100007F:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000 100 0 0 10 0`;
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

describe('a line of stat', () => {
  it('has a name that may hold brackets and blanks', () => {
    expect(
      readStat(stat(7, 'a) (b S 1', { parent: 3, own: 250, ended: 100, started: 42, pages: 3 })),
    ).toEqual({
      pid: 7,
      parent: 3,
      name: 'a) (b S 1',
      identity: '7 42',
      cpuS: { own: 2.5, endedChildren: 1 },
      cores: null,
      rss: 12_288,
    });
  });

  it('of a process that is dead, or that is none, is nothing', () => {
    expect(readStat(stat(7, 'x').replace(') S', ') Z'))).toBeNull();
    expect(readStat('')).toBeNull();
    expect(readStat('7 (x) S')).toBeNull();
  });
});

describe('the processes of Linux', () => {
  it('are read with their arguments', async () => {
    const { root, add } = proc();
    add(1, stat(1, 'init', { parent: 0 }), 'init');
    add(20, stat(20, 'python3', { own: 5 }), '/usr/bin/python3 -m agent --workers 2');
    mkdirSync(join(root, '99'));
    const table = linuxProcesses(root);
    const all = await table.all();
    expect(all.map(({ pid, command }) => [pid, command])).toEqual([
      [1, ['init']],
      [20, ['/usr/bin/python3', '-m', 'agent', '--workers', '2']],
    ]);
    expect(await table.one(20)).toEqual(all[1]);
    expect(await table.one(21)).toBeNull();
  });

  it('tell their memory by its share where they may', async () => {
    const { root, add } = proc();
    add(5, stat(5, 'a'), 'a', { smaps: 'Rss:  900 kB\nPss:                 123 kB\nPss_Dirty: 1 kB\n' });
    add(6, stat(6, 'b'), 'b');
    const table = linuxProcesses(root);
    expect(await table.proportional(5)).toBe(125_952);
    expect(await table.proportional(6)).toBeNull();
  });

  it('are found by the port they listen on, over IPv4 and IPv6, several of them too', async () => {
    const { root, add, net } = proc();
    net(
      'tcp',
      [head, tcp('1F90', '0A', '111'), tcp('1F91', '01', '222'), tcp('1F92', '0A', '444')].join('\n'),
    );
    net('tcp6', [head, tcp('1F93', '0A', '333').replace('0100007F', '0'.repeat(32))].join('\n'));
    add(30, stat(30, 'a'), 'a', { sockets: ['111', '999'] });
    add(31, stat(31, 'a'), 'a', { sockets: ['111', '333', '222'] });
    const table = linuxProcesses(root);
    expect([...(await table.listeners([8080, 8083, 9]))]).toEqual([
      [8080, { pids: [30, 31], hidden: false }],
      [8083, { pids: [31], hidden: false }],
    ]);
    expect((await table.listeners()).get(8082)).toEqual({ pids: [], hidden: true });
  });

  it('listen where the table says so', () => {
    expect(listeningInodes('')).toEqual([]);
    expect(listeningInodes(`${head}\n${tcp('0050', '0A', '7')}\n${tcp('0051', '06', '0')}\n`)).toEqual([
      { port: 80, inode: '7' },
    ]);
  });
});
