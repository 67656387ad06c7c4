/** Whether the desktop door can open here: Electron's binary comes from outside the npm registry and may be unobtainable. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot, readJson } from './paths.mjs';
import { say, withNode } from './run.mjs';

const folder = fromRoot('node_modules', 'electron');
const stallMs = 60_000;
const reachMs = 10_000;

/** Electron's version as installed (the npm package; its binary may be absent). */
export const electronVersion = () => readJson(join(folder, 'package.json'))?.version ?? '?';

/** Path of Electron's binary if it is here. Never imports the package `electron`: that would start a download. */
export function findElectron() {
  const path = join(folder, 'path.txt');
  if (!existsSync(path)) return null;
  const binary = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'),
    readFileSync(path, 'utf8').trim(),
  );
  return existsSync(binary) ? binary : null;
}

/** Why no window can be opened here, whether or not Electron is installed; null when one can. */
export function noWindowReason(env = process.env, platform = process.platform, uid = process.getuid?.()) {
  if (platform !== 'linux') return null;
  if ((env.DISPLAY ?? '') === '' && (env.WAYLAND_DISPLAY ?? '') === '') return 'there is no display';
  if (uid === 0) return 'a window does not run as root';
  return null;
}

/** Where the binary is fetched from. */
function releaseUrl(env) {
  const mirror =
    env.npm_config_electron_mirror ??
    env.ELECTRON_MIRROR ??
    'https://github.com/electron/electron/releases/download/';
  return new URL(`v${electronVersion()}/SHASUMS256.txt`, mirror.endsWith('/') ? mirror : `${mirror}/`);
}

/** Why the place cannot be reached, in a few words; null when it can. */
async function unreachable(url, signal) {
  try {
    const answer = await fetch(url, {
      method: 'HEAD',
      signal: AbortSignal.any([signal, AbortSignal.timeout(reachMs)]),
    });
    return answer.ok ? null : `${url.host} answered ${answer.status}`;
  } catch (error) {
    if (signal.aborted) return 'cancelled';
    const cause = error.cause?.code ?? error.code ?? error.name;
    return `${url.host} cannot be reached (${cause})`;
  }
}

function bytesUnder(path) {
  let bytes = 0;
  for (const found of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!found.isFile()) continue;
    try {
      bytes += statSync(join(found.parentPath ?? found.path, found.name)).size;
    } catch {
      // Moved away between listing and looking.
    }
  }
  return bytes;
}

/** Runs Electron's own installer with a folder of ours for its temporary files, whose growth is the progress. */
function install(node, signal) {
  const temporary = fromRoot('.cache', 'electron-download');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  return new Promise((resolve) => {
    const env = {
      ...withNode(node),
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      ELECTRON_GET_NO_PROGRESS: '1',
    };
    const child = spawn(node, [join(folder, 'install.js')], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let problem = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      problem = (problem + text).slice(-4000);
    });
    let seen = 0;
    let lastProgress = performance.now();
    let reason = null;
    const give = (why) => {
      reason ??= why;
      child.kill();
    };
    const watch = setInterval(() => {
      const bytes =
        bytesUnder(temporary) + (existsSync(join(folder, 'dist')) ? bytesUnder(join(folder, 'dist')) : 0);
      const now = performance.now();
      if (bytes !== seen) {
        seen = bytes;
        lastProgress = now;
        if (process.stderr.isTTY) process.stderr.write(`\r  ${(bytes / 1e6).toFixed(0)} MB `);
      } else if (now - lastProgress > stallMs) give(`no progress for ${stallMs / 1000} s`);
    }, 1000);
    const cancel = () => give('cancelled');
    signal.addEventListener('abort', cancel);
    child.once('error', (error) => give(error.message));
    child.once('close', (code) => {
      clearInterval(watch);
      signal.removeEventListener('abort', cancel);
      rmSync(temporary, { recursive: true, force: true });
      if (seen > 0 && process.stderr.isTTY) process.stderr.write('\n');
      resolve(
        code === 0
          ? null
          : (reason ?? problem.split('\n').find((line) => line.trim() !== '') ?? 'the download failed'),
      );
    });
  });
}

/**
 * Fetches Electron's binary, visibly. Resolves with why that did not work, or null when it is here.
 * Ctrl-C gives up the download only.
 */
export async function fetchElectron(node) {
  const url = releaseUrl(process.env);
  const control = new AbortController();
  const cancel = () => control.abort();
  process.once('SIGINT', cancel);
  try {
    say(`Fetching Electron ${electronVersion()} from ${url.host} (Ctrl-C to go on without it) …`);
    return (await unreachable(url, control.signal)) ?? (await install(node, control.signal));
  } finally {
    process.off('SIGINT', cancel);
  }
}
