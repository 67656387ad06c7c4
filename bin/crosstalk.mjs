#!/usr/bin/env node
/** Finds a Node that can run Crosstalk and the built command line, and hands over to them. Any Node from 20 on reads this file. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;
const sameKeypressMs = 300;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'out', 'main', 'cli.js');

function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestMajor) return process.execPath;
  const bundled = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  return existsSync(bundled) ? bundled : null;
}

function refuse(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

if (!existsSync(cli)) refuse(`Crosstalk is not built yet: run "npm run build" (or "npm start") in ${root}.`);
const node = suitableNode();
if (node === null)
  refuse(
    `Crosstalk needs Node ${oldestMajor} or newer; this is ${process.version}. Run "npm start" in ${root}: it fetches one.`,
  );

const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });

// Ctrl-C in a terminal reaches the child by itself as well, and npx passes it on a second time; presses that arrive
// together are one press, here and in the command line.
const lastPassed = new Map();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const now = performance.now();
    if (now - (lastPassed.get(signal) ?? -Infinity) < sameKeypressMs) return;
    lastPassed.set(signal, now);
    child.kill(signal);
  });
}

child.once('error', (error) => refuse(`${node} did not start: ${error.message}`));
child.once('close', (code, signal) => {
  if (code !== null) process.exit(code);
  process.exit(128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0));
});
