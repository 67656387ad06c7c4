import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { closeFrame, pingFrame, textFrame } from './frames.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const head = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
const masked = (opcode: number, ...payload: number[]): Buffer =>
  Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);

/** Both ends of one connection, past the handshake, with what the server's end has seen. */
async function open() {
  const seen: string[] = [];
  const stamps: bigint[] = [];
  const server = createServer({ allowHalfOpen: true });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const caller = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  sockets.push(caller, socket);
  let changed: () => void = () => undefined;
  const note = (event: string): void => {
    seen.push(event);
    changed();
  };
  const connection = new Connection(
    socket,
    { message: 1000, wanted: Number.POSITIVE_INFINITY },
    {
      onText: (bytes, from, to, at) => {
        stamps.push(at);
        note(`text ${bytes.toString('utf8', from, to)}`);
      },
      onBinary: () => note('binary'),
      onPong: () => note('pong'),
      onClosed: (code) => note(`closed ${code}`),
    },
  );
  connection.listen(head);
  const received: Buffer[] = [];
  let ended = false;
  caller.on('data', (chunk: Buffer) => {
    received.push(chunk);
    changed();
  });
  caller.once('end', () => {
    ended = true;
    changed();
  });
  return {
    caller,
    connection,
    seen,
    stamps,
    received: () => Buffer.concat(received),
    ended: () => ended,
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise<void>((resolve) => (changed = resolve));
    },
  };
}

describe('a connection', () => {
  test('reads first what came with the handshake, and stamps each piece as it comes', async () => {
    const { caller, seen, stamps, until } = await open();
    const before = process.hrtime.bigint();
    caller.write(Buffer.concat([masked(1, 65), masked(1, 66)]));
    await until(() => seen.length === 3);
    expect(seen).toEqual(['text hi', 'text A', 'text B']);
    expect(stamps[0]).toBeLessThan(before);
    expect(stamps[1]).toBeGreaterThan(before);
    expect(stamps[2]).toBe(stamps[1]);
  });

  test('answers a ping, asks with one, and hears the pong', async () => {
    const { caller, connection, seen, received, until } = await open();
    caller.write(masked(9, 1, 2, 3));
    connection.ping();
    await until(() => received().length === 7);
    expect(received()).toEqual(Buffer.concat([pingFrame(), Buffer.of(0x8a, 3, 1, 2, 3)]));
    caller.write(masked(10));
    await until(() => seen.includes('pong'));
  });

  test.each([
    ['its own code', masked(8, 0x0f, 0xa0), 'closed 4000', closeFrame(4000)],
    ['no code', masked(8), 'closed 1005', closeFrame(null)],
  ])('closed by the caller with %s: answered alike, and through', async (_name, bytes, closed, answer) => {
    const { caller, connection, seen, received, ended, until } = await open();
    caller.write(bytes);
    await until(ended);
    expect(connection.open).toBe(false);
    expect(received()).toEqual(answer);
    caller.end();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['text hi', closed]);
  });

  test('closes once, goes on reading, and waits for the answer', async () => {
    const { caller, connection, seen, received, ended, until } = await open();
    connection.close(1001, 'over');
    connection.close(1000);
    connection.write(textFrame('too late'));
    caller.write(masked(1, 65));
    await until(() => seen.length === 2);
    expect(ended()).toBe(false);
    caller.write(masked(8, 3, 0xe9));
    await until(ended);
    caller.end();
    await until(() => seen.length === 3);
    expect(seen).toEqual(['text hi', 'text A', 'closed 1001']);
    expect(received()).toEqual(closeFrame(1001, 'over'));
  });

  test('a caller that breaks the protocol is told so and has left without a code', async () => {
    const { caller, seen, received, ended, until } = await open();
    caller.write(Buffer.of(0x81, 1, 65));
    await until(ended);
    expect(received().subarray(2, 4)).toEqual(Buffer.of(0x03, 0xea));
    caller.end();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['text hi', 'closed 1006']);
  });

  test('a caller that is gone without a word', async () => {
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const { caller, seen, until } = await open();
      await until(() => seen.length === 1);
      caller[leave]();
      await until(() => seen.length === 2);
      expect(seen[1]).toBe('closed 1006');
    }
  });

  test('a reason that is too long for a close frame is cut', () => {
    expect(closeFrame(1002, 'x'.repeat(500))).toHaveLength(2 + 125);
  });
});
