import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DoorSocket, type DoorSocketEvents, type DoorState, SocketDoor } from './socketDoor.ts';

/** A connection driven by the test. */
class FakeSocket implements DoorSocket {
  readonly sent: string[] = [];
  readonly #events: DoorSocketEvents;
  constructor(events: DoorSocketEvents) {
    this.#events = events;
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closeWith(1000);
  }
  accept(): void {
    this.#events.opened();
  }
  deliver(message: unknown): void {
    this.#events.received(JSON.stringify(message));
  }
  closeWith(code: number): void {
    this.#events.closed(code);
  }
}

let sockets: FakeSocket[];
let states: DoorState[];
let unreadable: string[];
let expired: boolean;
let door: SocketDoor;

function latest(): FakeSocket {
  const socket = sockets.at(-1);
  if (!socket) throw new Error('no socket was opened');
  return socket;
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  states = [];
  unreadable = [];
  expired = false;
  door = new SocketDoor({
    open: (events) => {
      const socket = new FakeSocket(events);
      sockets.push(socket);
      return socket;
    },
    isExpired: () => Promise.resolve(expired),
    onState: (state) => states.push(state),
    onUnreadable: (text) => unreadable.push(text),
  });
});

afterEach(() => {
  door.close();
  vi.useRealTimers();
});

describe('the browser door', () => {
  it('keeps calls until it is open, and matches answers to calls by id', async () => {
    const first = door.invoke('app.info', undefined);
    const second = door.invoke('runs.list', { limit: 5 });
    expect(latest().sent).toEqual([]);
    latest().accept();
    expect(latest().sent.map((text): unknown => JSON.parse(text))).toEqual([
      { id: 1, channel: 'app.info' },
      { id: 2, channel: 'runs.list', input: { limit: 5 } },
    ]);
    latest().deliver({ id: 2, result: { ok: true, value: [] } });
    latest().deliver({ id: 1, result: { ok: true, value: 'info' } });
    expect(await second).toEqual({ ok: true, value: [] });
    expect(await first).toEqual({ ok: true, value: 'info' });
  });

  it('fails what was on its way when the connection goes, and connects again', async () => {
    latest().accept();
    const pending = door.invoke('runs.stop', { runId: 'a' });
    latest().closeWith(1006);
    expect(await pending).toMatchObject({
      ok: false,
      error: { kind: 'unavailable', code: 'connection_lost' },
    });
    expect(states).toEqual(['open', 'lost']);
    expect(await door.invoke('runs.list', {})).toMatchObject({ ok: false });
    await vi.advanceTimersByTimeAsync(300);
    expect(sockets).toHaveLength(2);
    latest().accept();
    expect(states).toEqual(['open', 'lost', 'open']);
    expect(latest().sent).toEqual([]);
  });

  it('waits longer after each failure, up to five seconds', async () => {
    latest().accept();
    latest().closeWith(1006);
    for (const pause of [250, 500, 1000, 2000, 4000, 5000, 5000]) {
      const before = sockets.length;
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(sockets).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(sockets).toHaveLength(before + 1);
      latest().closeWith(1006);
    }
  });

  it.each([
    ['closed with 1008', 1008, false],
    ['refused at the upgrade', 1006, true],
  ])('says that the link has expired when %s, and stops trying', async (_, code, refused) => {
    expired = refused;
    const pending = door.invoke('runs.list', {});
    latest().closeWith(code);
    expect(await pending).toMatchObject({ ok: false, error: { code: 'session_expired' } });
    expect(states).toEqual(['expired']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('tells events to those who listen, until they stop', () => {
    const heard: unknown[] = [];
    const stop = door.subscribe('runs.changed', (payload) => heard.push(payload));
    latest().accept();
    latest().deliver({ event: 'runs.changed', payload: { runId: 'a' } });
    latest().deliver({ event: 'settings.changed', payload: {} });
    stop();
    latest().deliver({ event: 'runs.changed', payload: { runId: 'b' } });
    expect(heard).toEqual([{ runId: 'a' }]);
  });

  it('reports a message that makes no sense instead of dropping it silently', () => {
    latest().accept();
    latest().deliver({ id: 'one' });
    expect(unreadable).toEqual(['{"id":"one"}']);
  });
});
