import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '#contract/api/index';
import { apiNames } from '#contract/api/names';
import { callChannel, eventChannel, seenChannel } from '#main/desktop/ipc';

const bridge = await vi.hoisted(async () => {
  const events = await import('node:events');
  const exposed: Record<string, unknown> = {};
  return {
    exposed,
    invoke: vi.fn<(...args: unknown[]) => Promise<unknown>>(),
    sent: [] as unknown[][],
    ipc: new events.EventEmitter(),
  };
});

vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, value: unknown) => {
      bridge.exposed[name] = value;
    },
  },
  ipcRenderer: Object.assign(bridge.ipc, {
    invoke: (...args: unknown[]) => bridge.invoke(...args),
    send: (...args: unknown[]) => bridge.sent.push(args),
  }),
  ipcMain: {},
}));

beforeAll(async () => {
  await import('./index.ts');
});
beforeEach(() => {
  bridge.invoke.mockReset().mockResolvedValue({ ok: true, value: null });
});

const client = () => bridge.exposed.crosstalk as ApiClient;
const tell = (channel: unknown, payload: unknown) =>
  bridge.ipc.emit(eventChannel, { sender: 'must stay here' }, channel, payload);

describe('20: what the page is given', () => {
  it('is the contract by name, and nothing else', () => {
    expect(Object.keys(bridge.exposed)).toEqual(['crosstalk']);
    const found = Object.fromEntries(
      Object.entries(client()).map(([domain, functions]) => [domain, Object.keys(functions).sort()]),
    );
    const wanted = Object.fromEntries(
      Object.entries(apiNames).map(([domain, names]) => [domain, [...names.calls, 'on'].sort()]),
    );
    expect(found).toEqual(wanted);
    for (const functions of Object.values(client())) {
      for (const value of Object.values(functions)) expect(value).toBeTypeOf('function');
    }
  });

  it('calls by one channel', async () => {
    await client().settings.update({ theme: 'dark' });
    expect(bridge.invoke.mock.calls).toEqual([[callChannel, 'settings.update', { theme: 'dark' }]]);
  });

  it('gets an error, not a rejection, when the application does not answer', async () => {
    bridge.invoke.mockRejectedValue(new Error('no handler'));
    expect(await client().settings.get()).toMatchObject({
      ok: false,
      error: { kind: 'unavailable', detail: 'no handler' },
    });
  });

  it('hears events without the event object, until it unsubscribes', () => {
    const heard = vi.fn();
    const other = vi.fn();
    const stop = client().settings.on('changed', heard);
    client().runs.on('changed', other);
    tell('settings.changed', { version: 1, theme: 'light' });
    expect(heard.mock.calls).toEqual([[{ version: 1, theme: 'light' }]]);
    expect(other).not.toHaveBeenCalled();
    stop();
    stop();
    tell('settings.changed', {});
    tell(7, {});
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('says that it was loaded, then of each event that it was taken in, even by a listener that fails', () => {
    expect(bridge.sent[0]).toEqual([seenChannel, null]);
    const tellNumbered = (number: number) => bridge.ipc.emit(eventChannel, {}, 'runs.tick', {}, number);
    tellNumbered(7);
    expect(bridge.sent.at(-1)).toEqual([seenChannel, 7]);
    const stop = client().runs.on('tick', () => {
      throw new Error('a bug of the page');
    });
    expect(() => tellNumbered(8)).toThrow('a bug of the page');
    expect(bridge.sent.at(-1)).toEqual([seenChannel, 8]);
    stop();
  });

  it('cannot listen to what is no event', () => {
    expect(() => client().settings.on('get' as never, () => {})).toThrow('settings.get');
  });
});
