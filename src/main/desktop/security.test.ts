/**
 * Electron's security checklist, item by item, against a stand-in for the module `electron`: its binary is not needed.
 * The same items are looked at in a real window by the end-to-end tests, where there is one.
 */
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, IpcMainInvokeEvent, Session, WebContents } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok, type Result } from '#contract/errors';

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => Promise<Result<unknown>>;

const electron = vi.hoisted(() => ({
  handlers: new Map<string, unknown>(),
  schemes: [] as unknown[],
  opened: [] as string[],
  blockers: new Set<number>(),
}));

vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, handler: unknown) => electron.handlers.set(channel, handler),
    on: () => undefined,
  },
  protocol: {
    registerSchemesAsPrivileged: (schemes: unknown[]) => electron.schemes.push(...schemes),
    handle: () => undefined,
  },
  shell: {
    openExternal: (url: string) => {
      electron.opened.push(url);
      return Promise.resolve();
    },
  },
  powerSaveBlocker: {
    start: () => {
      electron.blockers.add(1);
      return 1;
    },
    isStarted: (id: number) => electron.blockers.has(id),
    stop: (id: number) => electron.blockers.delete(id),
  },
}));

const { answerPageRequest, registerAppScheme } = await import('./appScheme.ts');
const { desktopCapabilities } = await import('./capabilities.ts');
const { denyPermissions, guardApp, guardContents } = await import('./guards.ts');
const { callChannel, eventChannel, eventsTo, registerCalls } = await import('./ipc.ts');
const { isOwnUrl } = await import('./origin.ts');
const { productionFuses } = await import('./packaging.ts');
const { windowOptions } = await import('./windowOptions.ts');

beforeEach(() => {
  electron.handlers.clear();
  electron.schemes.length = 0;
  electron.opened.length = 0;
});

describe('2, 3, 4, 6, 8–10, 12: a window', () => {
  it('is sandboxed and isolated, and has nothing that weakens it', () => {
    expect(windowOptions('/p/index.cjs', {}, false).webPreferences).toEqual({
      preload: '/p/index.cjs',
      devTools: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
  });

  it('is sandboxed for the whole app, before it is ready', () => {
    const source = readFileSync(join(import.meta.dirname, 'desktop.ts'), 'utf8');
    expect(source.indexOf('app.enableSandbox()')).toBeGreaterThan(0);
    expect(source.indexOf('app.enableSandbox()')).toBeLessThan(source.indexOf('.whenReady()'));
  });
});

describe('5: permissions', () => {
  function guarded() {
    const session = Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: vi.fn(),
      setPermissionCheckHandler: vi.fn(),
      setDevicePermissionHandler: vi.fn(),
      setDisplayMediaRequestHandler: vi.fn(),
    });
    denyPermissions(session as never as Session);
    const request = session.setPermissionRequestHandler.mock.calls[0]?.[0] as (...args: unknown[]) => void;
    const check = session.setPermissionCheckHandler.mock.calls[0]?.[0] as (...args: unknown[]) => boolean;
    /** What asking for it and checking it come to. */
    const ask = (permission: string, url: string, more: Record<string, unknown> = {}) => {
      const answer = vi.fn();
      const details = { requestingUrl: url, isMainFrame: true, ...more };
      request({}, permission, answer, details);
      return [answer.mock.calls, check({}, permission, url, details)];
    };
    const device = session.setDevicePermissionHandler.mock.calls[0]?.[0] as () => boolean;
    return { session, ask, device };
  }
  const own = 'app://crosstalk/';
  const refused = [[[false]], false];
  const given = [[[true]], true];
  const sound = { mediaTypes: ['audio'], mediaType: 'audio' };

  it('are all refused, asked for or checked, but copying text from our own page', () => {
    const { ask, device } = guarded();
    for (const permission of [
      'media',
      'notifications',
      'geolocation',
      'openExternal',
      'clipboard-read',
      'fileSystem',
    ]) {
      expect(ask(permission, own)).toEqual(refused);
    }
    expect(ask('media', own, sound)).toEqual(refused);
    expect(ask('clipboard-sanitized-write', 'https://example.com/')).toEqual(refused);
    expect(ask('clipboard-sanitized-write', own)).toEqual(given);
    expect(device()).toBe(false);
  });

  it('give the microphone to our own page while its recorder is open, and nothing else with it', () => {
    const { ask } = guarded();
    desktopCapabilities.allowMicrophone(true);
    expect(ask('media', own, sound)).toEqual(given);
    expect(ask('media', own, { mediaTypes: ['audio', 'video'], mediaType: 'video' })).toEqual(refused);
    expect(ask('media', own, { mediaTypes: [], mediaType: 'unknown' })).toEqual(refused);
    expect(ask('media', own)).toEqual(refused);
    expect(ask('media', own, { ...sound, isMainFrame: false })).toEqual(refused);
    expect(ask('media', 'https://example.com/', sound)).toEqual(refused);
    expect(ask('notifications', own, sound)).toEqual(refused);
    desktopCapabilities.allowMicrophone(false);
    expect(ask('media', own, sound)).toEqual(refused);
  });

  it.each([
    ['blob:app://crosstalk/5f6a-77', false],
    ['blob:https://example.com/5f6a-77', true],
    ['blob:app://crosstalk.example/5f6a-77', true],
    ['app://crosstalk/assets/main.js', true],
    ['https://example.com/tool.exe', true],
    ['data:text/plain,x', true],
  ])('download of %s: refused %s', (url, refused) => {
    const { session } = guarded();
    const preventDefault = vi.fn();
    session.emit('will-download', { preventDefault }, { getURL: () => url });
    expect(preventDefault.mock.calls.length > 0).toBe(refused);
  });

  it.each([
    ['did-start-navigation', { isMainFrame: true, isSameDocument: false }, refused],
    ['render-process-gone', {}, refused],
    ['did-start-navigation', { isMainFrame: true, isSameDocument: true }, given],
  ])('%s %j: a page without its recorder has no microphone', (event, details, outcome) => {
    const { ask } = guarded();
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: () => undefined });
    guardContents(contents as never as WebContents, () => Promise.resolve());
    desktopCapabilities.allowMicrophone(true);
    contents.emit(event, details);
    expect(ask('media', own, sound)).toEqual(outcome);
    desktopCapabilities.allowMicrophone(false);
  });
});

describe('1, 7, 18: the page', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crosstalk-app-'));
    writeFileSync(join(folder, 'index.html'), '<title>Crosstalk</title>');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const get = (url: string, method = 'GET') => answerPageRequest(folder, new Request(url, { method }));

  it('comes from a standard, secure scheme that bypasses no policy', () => {
    registerAppScheme();
    expect(electron.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  it('is served with the policy, whatever the status', async () => {
    const page = await get('app://crosstalk/');
    expect(page.status).toBe(200);
    expect(await page.text()).toBe('<title>Crosstalk</title>');
    for (const answer of [page, await get('app://crosstalk/missing.js'), await get('app://elsewhere/')]) {
      expect(answer.headers.get('Content-Security-Policy')).toContain(
        "default-src 'none'; script-src 'self';",
      );
      expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
      const features = answer.headers.get('Permissions-Policy')?.split(', ');
      expect(features?.filter((feature) => !feature.endsWith('=()'))).toEqual(['microphone=(self)']);
      expect(features).toContain('camera=()');
    }
  });

  it.each([
    ['app://crosstalk/..%2f..%2fetc%2fpasswd', 404],
    ['app://crosstalk/%2e%2e%5c%2e%2e%5csecret.json', 404],
    ['app://crosstalk/%252e%252e/secret.json', 404],
    ['app://elsewhere/index.html', 403],
    ['file:///etc/passwd', 403],
  ])('does not reach %s', async (url, status) => {
    expect((await get(url)).status).toBe(status);
  });

  it('is only read', async () => {
    expect((await get('app://crosstalk/', 'POST')).status).toBe(405);
  });
});

describe('11–14: every page that is created', () => {
  function page() {
    const app = new EventEmitter();
    const opened: string[] = [];
    guardApp(app as App, (url) => {
      opened.push(url);
      return Promise.resolve();
    });
    let openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: typeof openHandler) => {
        openHandler = handler;
      },
    });
    app.emit('web-contents-created', {}, contents);
    const prevented = (event: string, details: Record<string, unknown>) => {
      const preventDefault = vi.fn();
      contents.emit(event, { ...details, preventDefault });
      return preventDefault.mock.calls.length > 0;
    };
    return { prevented, opened, open: (url: string) => openHandler({ url }) };
  }

  const foreign = [
    'https://example.com/',
    'file:///etc/passwd',
    'app://elsewhere/',
    'app://crosstalk.evil.example/',
    'data:text/html,x',
    'nonsense',
  ];

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])(
    '%s stays on its own origin',
    (event) => {
      const { prevented } = page();
      for (const url of foreign) expect(prevented(event, { url, isMainFrame: true })).toBe(true);
      expect(prevented(event, { url: 'app://crosstalk/#/runs', isMainFrame: true })).toBe(false);
    },
  );

  it('has no frames and no web views', () => {
    const { prevented } = page();
    expect(prevented('will-frame-navigate', { url: 'app://crosstalk/', isMainFrame: false })).toBe(true);
    expect(prevented('will-attach-webview', {})).toBe(true);
  });

  it('opens no window; web links go to the browser, anything else nowhere', () => {
    const { open, opened } = page();
    for (const url of [
      'https://example.com/docs',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://host/share',
    ]) {
      expect(open(url)).toEqual({ action: 'deny' });
    }
    expect(opened).toEqual(['https://example.com/docs']);
  });
});

describe('15: links to the outside', () => {
  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'smb://host/share', 'nonsense'])(
    'refuse %s',
    async (url) => {
      expect(await desktopCapabilities.openExternal(url)).toMatchObject({
        ok: false,
        error: { code: 'url_refused' },
      });
      expect(electron.opened).toEqual([]);
    },
  );

  it('open for http and https', async () => {
    expect(await desktopCapabilities.openExternal('https://example.com/')).toEqual(ok(undefined));
    expect(electron.opened).toEqual(['https://example.com/']);
  });
});

describe('17: a call', () => {
  const mainFrame = { parent: null, url: 'app://crosstalk/#/runs' };
  const fromPage = { sender: { mainFrame }, senderFrame: mainFrame } as never as IpcMainInvokeEvent;

  function register() {
    const dispatch = vi.fn(() => Promise.resolve(ok('answer')));
    registerCalls(dispatch);
    const handler = electron.handlers.get(callChannel) as Handler;
    return { dispatch, handler };
  }

  it('reaches the application from the page itself, by one channel', async () => {
    const { dispatch, handler } = register();
    expect([...electron.handlers.keys()]).toEqual([callChannel]);
    expect(await handler(fromPage, 'settings.get', undefined)).toEqual(ok('answer'));
    expect(dispatch).toHaveBeenCalledWith('settings.get', undefined);
  });

  const frames: [string, unknown, unknown][] = [
    ['a frame within the page', mainFrame, { parent: mainFrame, url: 'app://crosstalk/' }],
    ['another site', { parent: null, url: 'https://example.com/' }, null],
    ['a look-alike', { parent: null, url: 'app://crosstalk.example/' }, null],
    ['an empty page', { parent: null, url: 'about:blank' }, null],
    ['a page without an address', { parent: null, url: '' }, null],
    ['a frame that is gone', mainFrame, undefined],
  ];
  it.each(frames)('from %s is refused', async (_case, main, frame) => {
    const { dispatch, handler } = register();
    const senderFrame = frame === undefined ? null : (frame ?? main);
    const event = { sender: { mainFrame: main }, senderFrame } as never as IpcMainInvokeEvent;
    expect(await handler(event, 'settings.get', undefined)).toMatchObject({
      error: { code: 'foreign_sender' },
    });
    expect(dispatch).not.toHaveBeenCalled();
  });

  it.each(['settings.changed', 'shell.openPath', '', undefined, 7])('of %j is refused', async (channel) => {
    const { dispatch, handler } = register();
    expect(await handler(fromPage, channel, {})).toMatchObject({ error: { code: 'unknown_call' } });
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('is answered to no page but our own, events too', () => {
    const send = vi.fn();
    const contents = { isDestroyed: () => false, getURL: () => 'https://example.com/', send };
    eventsTo(contents as never as WebContents).send('runs.changed', {});
    expect(send).not.toHaveBeenCalled();
    const own = { ...contents, getURL: () => 'app://crosstalk/' };
    eventsTo(own as never as WebContents).send('runs.changed', {});
    expect(send).toHaveBeenCalledWith(eventChannel, 'runs.changed', {}, 1);
  });
});

describe('the own origin', () => {
  it.each(['app://crosstalk/', 'app://crosstalk/index.html#/runs'])('is %s', (url) => {
    expect(isOwnUrl(url)).toBe(true);
  });
  it.each([
    'app://crosstalk@evil/',
    'app://u:p@crosstalk/',
    'app://crosstalk:1/',
    'APP',
    'https://crosstalk/',
  ])('is not %s', (url) => {
    expect(isOwnUrl(url)).toBe(false);
  });
});

describe('19: fuses', () => {
  it('leave no way to run the packaged binary as something else', () => {
    expect(productionFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});

it('keeps the machine awake until told otherwise, twice told or not', () => {
  const release = desktopCapabilities.preventSleep();
  expect(electron.blockers.size).toBe(1);
  release();
  release();
  expect(electron.blockers.size).toBe(0);
});
