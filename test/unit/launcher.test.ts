/** `bin/crosstalk.mjs` in a folder of its own, with a small program in place of the built command line. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder = '';
const launcher = () => join(folder, 'bin', 'crosstalk.mjs');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-launcher-'));
  cpSync(join(import.meta.dirname, '..', '..', 'bin'), join(folder, 'bin'), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function build(source: string): void {
  mkdirSync(join(folder, 'out', 'main'), { recursive: true });
  writeFileSync(join(folder, 'out', 'main', 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'out', 'main', 'cli.js'), source);
}

function run(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [launcher(), ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe('the launcher', () => {
  it('says what to run when nothing is built', async () => {
    const { code, stderr } = await run(['--help']);
    expect(code).toBe(1);
    expect(stderr).toContain('npm run build');
    expect(stderr).toContain('npm start');
  });

  it('passes on arguments, output and the exit code', async () => {
    build(`console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 98;`);
    const { code, stdout } = await run(['run', 'a b.yaml', '--set', 'x=1']);
    expect(JSON.parse(stdout)).toEqual(['run', 'a b.yaml', '--set', 'x=1']);
    expect(code).toBe(98);
  });

  it.skipIf(process.platform === 'win32')('shows how the program was ended as a shell does', async () => {
    build(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`);
    expect((await run([])).code).toBe(143);
  });

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on',
    async (signal) => {
      build(
        `process.on('${signal}', () => process.exit(42)); setInterval(() => {}, 1000); console.log('ready');`,
      );
      const child = spawn(process.execPath, [launcher()], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill(signal);
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(42);
    },
  );
});
