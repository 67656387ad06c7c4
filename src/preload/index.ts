/**
 * The desktop door's bridge: the contract's calls and events as plain functions by name, and nothing of Electron.
 * Sandboxed, so it is bundled into one CommonJS file; it must not import schemas.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { createClient } from '#contract/api/client';
import type { Result } from '#contract/errors';

/** Must match `src/main/desktop/ipc.ts`, which this layer may not import. */
const callChannel = 'crosstalk:call';
const eventChannel = 'crosstalk:event';
const seenChannel = 'crosstalk:seen';

type Listener = (payload: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(eventChannel, (_event, channel: unknown, payload: unknown, number: unknown) => {
  // Said last, and whatever a listener does: the application sends no more than so many that were not taken in.
  try {
    if (typeof channel !== 'string') return;
    for (const listener of listeners.get(channel) ?? []) listener(payload);
  } finally {
    ipcRenderer.send(seenChannel, number);
  }
});
// A page that was loaded anew will never see what was sent to the one before.
ipcRenderer.send(seenChannel, null);

const client = createClient({
  async invoke(channel, input) {
    try {
      return (await ipcRenderer.invoke(callChannel, channel, input)) as Result<unknown>;
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      const message = 'The application did not answer; restart Crosstalk if this repeats.';
      return { ok: false, error: { kind: 'unavailable', code: 'no_answer', message, detail } };
    }
  },
  subscribe(channel, listener) {
    const own = (payload: unknown) => listener(payload);
    const group = listeners.get(channel) ?? new Set<Listener>();
    group.add(own);
    listeners.set(channel, group);
    return () => {
      group.delete(own);
    };
  },
});

contextBridge.exposeInMainWorld('crosstalk', client);
