/** Builds `out/` when the sources are not those it was built from. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fromRoot, readJson, root } from './paths.mjs';
import { SetupError, capture, say, withNode } from './run.mjs';

const stamp = fromRoot('out', 'stamp.json');
const products = [
  'out/main/cli.js',
  'out/main/database.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'out/report/report.js',
  'out/report/report.css',
];
const settings = [
  'electron.vite.config.ts',
  'vite.report.config.ts',
  'svelte.config.js',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
];

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile() && !found.name.endsWith('.test.ts'))
    .map((found) => join(found.parentPath ?? found.path, found.name));
}

/** One hash over everything a build is made from. */
export function sourcesHash() {
  const hash = createHash('sha256');
  const files = [...filesUnder(fromRoot('src')), ...settings.map((name) => fromRoot(name))].filter((file) =>
    existsSync(file),
  );
  for (const file of files.sort()) {
    hash
      .update(`${relative(root, file).split(sep).join('/')}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Whether `out/` is complete and made from the sources as they are. */
export function isBuilt(hash = sourcesHash()) {
  return readJson(stamp)?.sources === hash && products.every((file) => existsSync(fromRoot(file)));
}

/** Builds with the given Node; `force` also when nothing changed. */
export async function ensureBuilt(node, { force = false } = {}) {
  const hash = sourcesHash();
  if (!force && isBuilt(hash)) return;
  say('Building …');
  rmSync(stamp, { force: true });
  const started = performance.now();
  const env = withNode(node, { ...process.env, NO_COLOR: '1' });
  const program = [fromRoot('node_modules/electron-vite/bin/electron-vite.js'), 'build'];
  const report = [
    fromRoot('node_modules/vite/bin/vite.js'),
    'build',
    '--config',
    fromRoot('vite.report.config.ts'),
  ];
  let code = 0;
  let output = '';
  for (const step of [program, report]) {
    const done = await capture(node, step, { env });
    output += done.output;
    code ||= done.code;
    if (code !== 0) break;
  }
  const missing = products.filter((file) => !existsSync(fromRoot(file)));
  if (code !== 0 || missing.length > 0) {
    say(output);
    throw new SetupError(
      missing.length > 0
        ? `The build made no ${missing.join(', ')}.`
        : 'The build failed; its message stands above.',
    );
  }
  writeFileSync(stamp, JSON.stringify({ sources: hash }));
  say(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}
