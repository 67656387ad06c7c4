import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { formatEvent, serveConnection } from './connection.ts';

/** A socket whose reader is as slow as a test wants. */
class SlowSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  sent: string[] = [];
  ended = false;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 2;
  }
  terminate() {
    this.ended = true;
  }
}

function serve() {
  const socket = new SlowSocket();
  const listener = serveConnection(socket as never as WebSocket, () =>
    Promise.resolve({ ok: true, value: null }),
  );
  return { socket, listener };
}

const tick = formatEvent('runs.tick', { runId: 'a' });
const changed = formatEvent('runs.changed', { runId: 'a' });

describe('a slow reader', () => {
  it('loses ticks, but nothing else', () => {
    const { socket, listener } = serve();
    socket.bufferedAmount = 2 << 20;
    listener('runs.tick', tick);
    listener('runs.changed', changed);
    expect(socket.sent).toEqual([changed]);
    socket.bufferedAmount = 0;
    listener('runs.tick', tick);
    expect(socket.sent).toEqual([changed, tick]);
  });

  it('is cut off when it does not read at all', () => {
    const { socket, listener } = serve();
    socket.bufferedAmount = 64 << 20;
    listener('runs.changed', changed);
    expect(socket.ended).toBe(true);
    expect(socket.sent).toEqual([]);
  });
});
