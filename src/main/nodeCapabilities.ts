import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { externalUrl, type Capabilities } from './capabilities.ts';

type Command = readonly [program: string, ...args: string[]];

/** Whether a program is on the search path. */
export function onSearchPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The command that opens a URL in the default browser, or null where there is none (no display). */
function browserCommand(url: string): Command | null {
  if (process.platform === 'darwin') return ['open', url];
  if (process.platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler', url];
  const display = process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? '';
  return display !== '' && onSearchPath('xdg-open') ? ['xdg-open', url] : null;
}

/** The command that keeps the machine awake while this process lives, or null where there is none. */
function awakeCommand(): Command | null {
  const pid = String(process.pid);
  if (process.platform === 'darwin') return ['caffeinate', '-i', '-w', pid];
  if (process.platform === 'linux' && existsSync('/run/systemd/system') && onSearchPath('systemd-inhibit')) {
    const why = ['--what=sleep:idle', '--who=Crosstalk', '--why=A load test is running', '--mode=block'];
    return ['systemd-inhibit', ...why, 'tail', `--pid=${pid}`, '-f', '/dev/null'];
  }
  return null;
}

function start([program, ...args]: Command): ChildProcess {
  return spawn(program, args, { stdio: 'ignore', detached: process.platform !== 'win32' });
}

/** Capabilities of the doors that run under plain Node: the browser host and the command line. */
export function createNodeCapabilities(door: 'browser' | 'cli'): Capabilities {
  const awake = awakeCommand();
  let holders = 0;
  let keeper: ChildProcess | null = null;
  return {
    report: () => ({
      door,
      fileDialogs: false,
      trash: false,
      secretStore: false,
      notifications: false,
      sleepBlocker: awake !== null,
      openInBrowser: browserCommand('') !== null,
    }),

    async openExternal(url): Promise<Result<void>> {
      const checked = externalUrl(url);
      if (!checked.ok) return checked;
      const command = browserCommand(checked.value);
      if (command === null)
        return fail('unavailable', 'no_browser', `There is no browser to open here; go to ${checked.value}`);
      return new Promise((resolve) => {
        const child = start(command);
        child.once('error', (error) => {
          resolve(
            fail('unavailable', 'no_browser', `The browser did not open; go to ${checked.value}`, {
              detail: error.message,
            }),
          );
        });
        child.once('spawn', () => {
          child.unref();
          resolve(ok(undefined));
        });
      });
    },

    allowMicrophone: () => {},

    // A page tells the operator itself, where its browser may.
    notify: () => false,

    keyStore: () => null,

    chooseFolder: () => Promise.resolve(null),

    preventSleep() {
      if (awake === null) return () => {};
      holders += 1;
      if (keeper === null) {
        keeper = start(awake);
        keeper.once('error', () => {});
        keeper.unref();
      }
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holders -= 1;
        if (holders > 0) return;
        keeper?.kill();
        keeper = null;
      };
    },
  };
}
