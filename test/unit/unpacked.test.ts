/**
 * What is unpacked from the installed app's archive must stand on its own: it is built, copied to an empty folder,
 * and every worker is started there with plain Node.
 */
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackedFiles } from '#main/desktop/packaging';
import { entryPoints } from '#main/entries';
import { startSpeechServer } from '../fixtures/azureSpeech/server.ts';

const checkout = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

let folder = '';
const built = (name: string) => join(folder, 'unpacked', 'out', 'main', `${name}.js`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-unpacked-'));
  const electronVite = join(checkout, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  await run(process.execPath, [electronVite, 'build', '--outDir', join(folder, 'out')], { cwd: checkout });
  for (const name of unpackedFiles) {
    const from = name === 'out' ? join(folder, 'out') : join(checkout, name);
    if (existsSync(from)) cpSync(from, join(folder, 'unpacked', name), { recursive: true });
  }
  mkdirSync(join(folder, 'home'));
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The first message of a worker thread, or the error that kept it from starting. */
function firstMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`ended with ${code} before it said anything`)));
  });
}

describe('the unpacked files', () => {
  it('are all entries, as modules, with nothing of Electron but the desktop door', () => {
    for (const name of Object.keys(entryPoints)) expect(existsSync(built(name)), name).toBe(true);
    const main = join(folder, 'unpacked', 'out', 'main');
    const withElectron = readdirSync(main).filter(
      (file) => file.endsWith('.js') && /from ?["']electron["']/.test(readFileSync(join(main, file), 'utf8')),
    );
    expect(withElectron).toEqual(['desktop.js']);
  });

  it('hold a preload that is one CommonJS file without schemas', () => {
    const preload = join(folder, 'unpacked', 'out', 'preload');
    expect(readdirSync(preload)).toEqual(['index.cjs']);
    const source = readFileSync(join(preload, 'index.cjs'), 'utf8');
    expect([...source.matchAll(/require\(["']([^"']+)["']\)/g)].map((match) => match[1])).toEqual([
      'electron',
    ]);
    expect(source).not.toMatch(/zod|^import /m);
  });

  it('start an engine worker', async () => {
    const worker = new Worker(built('engine-worker'), { execArgv: [] });
    expect(await firstMessage(worker)).toEqual({ type: 'hello' });
    await worker.terminate();
  });

  it('start the database', async () => {
    const worker = new Worker(built('database'), { execArgv: [] });
    const first = firstMessage(worker);
    worker.postMessage({
      type: 'hello',
      file: join(folder, 'home', 'test.db'),
      maxPages: null,
      lockWaitMs: 100,
      keepTrying: false,
    });
    expect(await first).toMatchObject({ type: 'ready', problems: [] });
    worker.postMessage({ type: 'close' });
    await once(worker, 'exit');
  });

  it('start the practice agent', async () => {
    const proto = join(folder, 'unpacked', 'resources', 'presets', 'protos', 'june.proto');
    const agent = spawn(process.execPath, [built('practice'), '--proto', proto], {
      cwd: join(folder, 'home'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(agent.stdout.setEncoding('utf8'), 'data')) as [string];
    agent.kill('SIGTERM');
    await once(agent, 'close');
    expect(line).toMatch(/^ws:\/\/127\.0\.0\.1:\d+/);
  });

  it('start the offline voice', async () => {
    const voice = fork(built('offline-voice'), {
      cwd: join(folder, 'home'),
      execArgv: [],
      serialization: 'advanced',
    });
    voice.send({ id: 1, text: 'Hello.', voice: 'slt' });
    const [reply] = (await once(voice, 'message')) as [{ id: number; pcm?: Uint8Array; error?: string }];
    voice.disconnect();
    await once(voice, 'exit');
    expect(reply.error).toBeUndefined();
    expect(reply.pcm?.byteLength).toBeGreaterThan(8000);
  });

  it('hold the Speech SDK, whole, where only who speaks with it loads it', async () => {
    const main = join(folder, 'unpacked', 'out', 'main');
    const loaded = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file)) return seen;
      seen.add(file);
      const source = readFileSync(join(main, file), 'utf8');
      for (const [, next] of source.matchAll(/^(?:import|export)\b[^;]*?["']\.\/([^"']+)["']/gm)) {
        if (next !== undefined) loaded(next, seen);
      }
      return seen;
    };
    for (const name of Object.keys(entryPoints)) {
      const always = [...loaded(`${name}.js`)].map((file) => readFileSync(join(main, file), 'utf8'));
      expect(
        always.some((source) => source.includes('Ocp-Apim-Subscription-Key')),
        name,
      ).toBe(false);
    }

    const server = await startSpeechServer({
      samples: new Int16Array(16_000).fill(900),
      accept: { key: 'k3y' },
    });
    const { stdout } = await run(
      process.execPath,
      [built('cli'), 'audio', 'test-connection', '--provider', 'azure', '--json'],
      {
        cwd: join(folder, 'home'),
        env: {
          ...process.env,
          CROSSTALK_HOME: join(folder, 'home'),
          AZURE_SPEECH_KEY: 'k3y',
          AZURE_SPEECH_ENDPOINT: server.origin,
          AZURE_SPEECH_TOKEN: '',
        },
      },
    ).finally(() => server.close());
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, code: 'ok', voices: 4 });
    expect(server.connections).toHaveLength(1);
  });

  it('start the command line', async () => {
    const { stdout, stderr } = await run(process.execPath, [built('cli'), '--help'], {
      cwd: join(folder, 'home'),
    });
    expect(stdout).toContain('Usage: crosstalk');
    expect(stderr).toBe('');
  });
});
