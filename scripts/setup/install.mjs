/** Brings node_modules in line with the lockfile, and only then. */
import { existsSync } from 'node:fs';
import { fromRoot, readJson, root } from './paths.mjs';
import { SetupError, say, show } from './run.mjs';

/**
 * What differs between a lockfile and what npm says it installed, as one line; null when nothing does.
 * Optional packages may be missing (another system's binaries), and more than the lockfile may be there.
 */
export function firstDifference(lock, installed, isThere) {
  if (lock === null) return 'package-lock.json cannot be read';
  if (installed === null) return 'nothing is installed yet';
  for (const [path, wanted] of Object.entries(lock.packages ?? {})) {
    if (path === '' || wanted.link === true) continue;
    const found = installed.packages?.[path];
    const optional = wanted.optional === true || wanted.devOptional === true;
    if (found === undefined || !isThere(path)) {
      if (optional && found === undefined) continue;
      return `${path.replace('node_modules/', '')} is missing`;
    }
    if (found.version !== wanted.version || (found.integrity ?? wanted.integrity) !== wanted.integrity) {
      return `${path.replace('node_modules/', '')} is ${found.version}, not ${wanted.version}`;
    }
  }
  return null;
}

/** How to call npm: as the one that started this script, or the one on the search path. */
export function npmCommand(env = process.env) {
  const script = env.npm_execpath;
  if (script?.endsWith('.js') && existsSync(script)) {
    const own = env.npm_node_execpath;
    return {
      program: own !== undefined && existsSync(own) ? own : process.execPath,
      args: [script],
      shell: false,
    };
  }
  return { program: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Runs npm in a folder with its output on standard error; resolves with its exit code. */
export function npm(args, options = {}) {
  const { program, args: before, shell } = npmCommand();
  return show(program, [...before, ...args], { shell, ...options });
}

/** Installs what is missing. No package's own script is run: Node is fetched in node.mjs, the rest ships its binaries. */
export async function ensureInstalled() {
  const difference = firstDifference(
    readJson(fromRoot('package-lock.json')),
    readJson(fromRoot('node_modules', '.package-lock.json')),
    (path) => existsSync(fromRoot(path, 'package.json')),
  );
  if (difference === null) return;
  say(`Installing packages (${difference}) …`);
  const code = await npm(
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'],
    { cwd: root },
  );
  if (code !== 0)
    throw new SetupError('npm ci did not succeed; its message stands above. Nothing was started.');
}
