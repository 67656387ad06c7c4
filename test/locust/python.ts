/** Runs parts of the locustfile in Python, for tests. */
import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythons } from '../bench/against/findLocust.ts';
import { bundled } from '../../src/main/entries.ts';

const oldest = 'import sys; sys.exit(0 if sys.version_info >= (3, 8) else 1)';

function answers(python: string, program: string): boolean {
  return spawnSync(python, ['-c', program], { timeout: 20_000, stdio: 'ignore' }).status === 0;
}

/** The first Python that is new enough; null: there is none, and tests that need one are skipped. */
export const python = pythons.find((name) => answers(name, oldest)) ?? null;

/** Why tests are skipped, in words. */
export const noPython = 'python3 3.8 or later was not found';

/** Whether that Python has websocket-client. */
export const hasLibrary = python !== null && answers(python, 'import websocket; websocket.ABNF');

export const locustfile = bundled('resources', 'pack', 'locustfile.py');
const harness = fileURLToPath(new URL('harness.py', import.meta.url));

/** Hands a command of the harness its input and gives back what it says. `file`: the locustfile to play. */
export function play(command: string, input: unknown, file = locustfile): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (python === null) {
      reject(new Error(noPython));
      return;
    }
    const env = { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1' };
    // The locustfile looks for clips where it is started, too.
    const child = spawn(python, [harness, file, command], { env, cwd: dirname(file) });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`${command} ended with ${code ?? 'a signal'}: ${err}`));
    });
    child.stdin.end(JSON.stringify(input));
  });
}
