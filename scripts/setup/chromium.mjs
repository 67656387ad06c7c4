/** A Chromium for the end-to-end tests: the system's, Debian's, or Playwright's own. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { firstExisting, fromRoot } from './paths.mjs';
import { SetupError, capture, say, show, withNode } from './run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

function candidates() {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (process.platform === 'win32') {
    const folders = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
    const programs = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return folders.flatMap((folder) =>
      folder === undefined ? [] : programs.map((program) => join(folder, program)),
    );
  }
  return names.map(onPath).filter((file) => file !== null);
}

/** Whether it really starts: Ubuntu's package of the name only points at a snap. */
async function works(file) {
  if (process.platform !== 'linux') return true;
  const { code } = await capture(file, ['--version']);
  return code === 0;
}

/** Path of the system's Chromium (or Chrome, or Edge), or null. */
export async function findChromium() {
  const asked = process.env.CROSSTALK_CHROMIUM;
  if (asked !== undefined && asked !== '') return asked;
  for (const file of candidates()) {
    if (firstExisting([file]) !== null && (await works(file))) return file;
  }
  return null;
}

/** Path of the browser Playwright itself would start, if it is installed. */
function playwrightsOwn() {
  const { chromium } = createRequire(fromRoot('package.json'))('playwright');
  return firstExisting([chromium.executablePath()]);
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Path of a Chromium, installed if there is none. */
export async function ensureChromium(node) {
  const found = (await findChromium()) ?? playwrightsOwn();
  if (found !== null) return found;
  if (isDebian() && process.getuid?.() === 0) {
    say('Installing chromium with apt …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const updated = await show('apt-get', ['update', '-q'], { env });
    const code =
      updated === 0
        ? await show('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env })
        : updated;
    const installed = code === 0 ? await findChromium() : null;
    if (installed !== null) return installed;
  }
  say("Installing Playwright's Chromium …");
  await show(node, [fromRoot('node_modules/playwright/cli.js'), 'install', 'chromium'], {
    env: withNode(node),
  });
  const own = playwrightsOwn();
  if (own !== null) return own;
  throw new SetupError(
    'The end-to-end tests need a Chromium: install chromium or Google Chrome, or name one in CROSSTALK_CHROMIUM.',
  );
}
