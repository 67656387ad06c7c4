/** The Node that runs everything: the exact version package.json asks for, or this machine's own if it is new enough. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fromRoot, manifest, readJson } from './paths.mjs';
import { npm } from './install.mjs';
import { SetupError, capture, say } from './run.mjs';

/** Oldest major version that runs the program: TypeScript sources run directly from here on. */
export const oldestMajor = 24;

const windows = process.platform === 'win32';
const installed = fromRoot('node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** Major version of `v24.1.2` or `24.1.2`; 0 when it is neither. */
export const majorOf = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);

async function versionOf(program) {
  if (!existsSync(program)) return null;
  const { code, output } = await capture(program, ['--version']);
  return code === 0 ? output.trim() : null;
}

/** Name of the npm package that carries Node's binary for this system. */
export function binaryPackage(platform = process.platform, arch = process.arch) {
  const system = platform === 'win32' ? 'win' : platform;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${system}-${platform === 'win32' && arch === 'ia32' ? 'x86' : arch}`;
}

/** Puts the binary where the package `node` would, so that npm scripts find it first on their path. */
function place(binary) {
  mkdirSync(dirname(installed), { recursive: true });
  const fresh = `${installed}.${process.pid}`;
  rmSync(fresh, { force: true });
  try {
    linkSync(binary, fresh);
  } catch {
    copyFileSync(binary, fresh);
  }
  chmodSync(fresh, 0o755);
  renameSync(fresh, installed);
  if (windows) return;
  const shortcut = fromRoot('node_modules', '.bin', 'node');
  rmSync(shortcut, { force: true });
  symlinkSync('../node/bin/node', shortcut);
}

/** Path of a Node that runs the program. Fetches the wanted one from the npm registry when neither it nor a newer one is here. */
export async function ensureNode() {
  const wanted = manifest()?.devDependencies?.node;
  const found = await versionOf(installed);
  if (found === `v${wanted}`) return installed;
  if (majorOf(process.version) >= oldestMajor && process.execPath !== installed) return process.execPath;

  const name = binaryPackage();
  say(`Fetching Node ${wanted} (${found === null ? `this is ${process.version}` : `found ${found}`}) …`);
  const folder = fromRoot('.cache', `node-${wanted}`);
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefix',
    folder,
  ];
  const code = await npm([...args, `${name}@${wanted}`], { cwd: folder });
  const own = join(folder, 'node_modules', name);
  const binary = join(own, readJson(join(own, 'package.json'))?.bin?.node ?? 'bin/node');
  if (code !== 0 || !existsSync(binary)) {
    throw new SetupError(
      `Node ${oldestMajor} or newer is needed and ${name}@${wanted} could not be installed; install Node ${oldestMajor} and try again.`,
    );
  }
  place(binary);
  const placed = await versionOf(installed);
  if (placed !== `v${wanted}`)
    throw new SetupError(
      `${installed} does not run as Node ${wanted}; install Node ${oldestMajor} and try again.`,
    );
  return installed;
}
