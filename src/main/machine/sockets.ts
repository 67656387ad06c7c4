/** Local ports that are taken towards one address, from the tables of a Linux kernel. */
import { isIPv4, isIPv6 } from 'node:net';
import type { MachineReader } from './reader.ts';

const timeWait = '06';

/**
 * Connections towards `host:port`, those that closed lately and still keep their port among them. 0 where the system
 * does not say, or the host is a name whose address is not known.
 */
export function socketsTowards(reader: MachineReader, address: string): number {
  if (reader.platform !== 'linux') return 0;
  const at = address.lastIndexOf(':');
  const port = Number(address.slice(at + 1));
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  const reuse = reader.file('/proc/sys/net/ipv4/tcp_tw_reuse')?.trim();
  const counts = hosts.map((one) => {
    const loopback = one.startsWith('127.') || one === '::1';
    // Where the kernel gives such a port away again it is not taken: 1 for all connections, 2 on loopback.
    const reused = reuse === '1' || (reuse === '2' && loopback);
    if (isIPv4(one)) {
      const v4 = ipv4Hex(one);
      return (
        count(reader.file('/proc/net/tcp'), v4, port, reused) +
        count(reader.file('/proc/net/tcp6'), `0000000000000000FFFF0000${v4}`, port, reused)
      );
    }
    return isIPv6(one) ? count(reader.file('/proc/net/tcp6'), ipv6Hex(one), port, reused) : 0;
  });
  return Math.max(...counts);
}

function count(table: string | null, hexAddress: string, port: number, timeWaitIsFree: boolean): number {
  if (table === null) return 0;
  const wanted = `${hexAddress}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let n = 0;
  for (const line of table.split('\n')) {
    const [, , remote, state] = line.trim().split(/\s+/, 4);
    if (remote === wanted && !(timeWaitIsFree && state === timeWait)) n++;
  }
  return n;
}

/** The kernel prints each 32-bit word as this machine (little-endian) stores it. */
function word(bytes: readonly number[]): string {
  return [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

function ipv4Hex(host: string): string {
  return word(host.split('.').map(Number));
}

function ipv6Hex(host: string): string {
  const groups = expand(host);
  const bytes = groups.flatMap((group) => [group >> 8, group & 255]);
  return [0, 4, 8, 12].map((from) => word(bytes.slice(from, from + 4))).join('');
}

/** The eight groups of an IPv6 address. */
function expand(host: string): number[] {
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [head = '', tail] = host.split('::');
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
