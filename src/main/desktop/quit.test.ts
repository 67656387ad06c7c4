/** Against a stand-in for the module `electron` that closes and quits in its documented order. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';

const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events');

  /** Emits an event that can be prevented; whether it was. */
  function prevented(emitter: InstanceType<typeof Emitter>, name: string): boolean {
    let held = false;
    emitter.emit(name, { preventDefault: () => (held = true) });
    return held;
  }

  const state = {
    windows: new Set<StandInWindow>(),
    unsaved: false,
    answer: 0,
    asked: 0,
    log: [] as string[],
  };

  class StandInWindow extends Emitter {
    webContents = new Emitter();
    constructor() {
      super();
      state.windows.add(this);
    }
    loadURL = () => Promise.resolve();
    getNormalBounds = () => ({ x: 0, y: 0, width: 1200, height: 800 });
    isMaximized = () => false;
    /** Whether it closed. To prevent `will-prevent-unload` is to ignore the page's wish to stay. */
    close(): boolean {
      if (state.unsaved && !prevented(this.webContents, 'will-prevent-unload')) return false;
      if (prevented(this, 'close')) return false;
      state.windows.delete(this);
      state.log.push('window closed');
      this.emit('closed');
      return true;
    }
  }

  class StandInApp extends Emitter {
    quit() {
      if (prevented(this, 'before-quit')) return;
      for (const window of state.windows) if (!window.close()) return;
      if (!prevented(this, 'will-quit')) state.log.push('ended at once');
    }
    exit(code: number) {
      state.log.push(`exit ${code}`);
    }
  }
  return { state, StandInWindow, app: new StandInApp() };
});

vi.mock('electron', () => ({
  app: electron.app,
  BrowserWindow: electron.StandInWindow,
  screen: { getAllDisplays: () => [] },
  dialog: {
    showMessageBoxSync: () => {
      electron.state.asked += 1;
      return electron.state.answer;
    },
  },
}));

const { openWindow } = await import('./window.ts');
const { endWith } = await import('./quit.ts');
const { app, state } = electron;
const [stay, leave] = [0, 1];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-quit-'));
  app.removeAllListeners();
  state.windows.clear();
  Object.assign(state, { unsaved: false, answer: stay, asked: 0, log: [] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** The window, and an application that ends when the test says so. */
function open() {
  const window = openWindow({ preload: '/p', state: join(folder, 'window.json') }, false);
  const end = Promise.withResolvers<undefined>();
  const problems: unknown[] = [];
  endWith(
    () => {
      state.log.push('closing');
      return end.promise;
    },
    (thrown) => problems.push(thrown),
  );
  /** As its cross does it; the stand-in's `window-all-closed` is the test's to say. */
  const cross = () => {
    window.close();
    if (state.windows.size === 0) app.emit('window-all-closed');
  };
  return { end, problems, cross };
}

it('closes the window first, then the application, and only then ends', async () => {
  const { end } = open();
  app.quit();
  expect(state.log).toEqual(['window closed', 'closing']);
  app.quit();
  expect(state.log).toEqual(['window closed', 'closing']);
  end.resolve(undefined);
  await eventually(() => expect(state.log).toEqual(['window closed', 'closing', 'exit 0']));
  expect(state.asked).toBe(0);
});

it('asks about unsaved changes; to stay cancels the quit, and the next one asks again', async () => {
  const { end } = open();
  state.unsaved = true;
  app.quit();
  expect(state.asked).toBe(1);
  expect(state.log).toEqual([]);
  expect(state.windows.size).toBe(1);
  state.answer = leave;
  app.quit();
  expect(state.asked).toBe(2);
  expect(state.log).toEqual(['window closed', 'closing']);
  end.resolve(undefined);
  await eventually(() => expect(state.log.at(-1)).toBe('exit 0'));
});

it('ends the same way when the window is closed, which may be refused too', async () => {
  const { end, cross } = open();
  state.unsaved = true;
  cross();
  expect(state.log).toEqual([]);
  state.answer = leave;
  cross();
  expect(state.log).toEqual(['window closed', 'closing']);
  end.resolve(undefined);
  await eventually(() => expect(state.log.at(-1)).toBe('exit 0'));
});

it('ends although closing fails, and says why', async () => {
  const { end, problems } = open();
  app.quit();
  end.reject(new Error('disk full'));
  await eventually(() => expect(state.log.at(-1)).toBe('exit 0'));
  expect(problems).toEqual([new Error('disk full')]);
});

it('ends although closing never does', async () => {
  vi.useFakeTimers();
  open();
  app.quit();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(state.log.at(-1)).toBe('closing');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.log.at(-1)).toBe('exit 0');
});
