import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { openHistory, type History } from './history.ts';
import { aBatch, aRun, value } from './testing.ts';

let folder: string;
let file: string;
let history: History;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-cutoff-'));
  file = join(folder, 'crosstalk.db');
  history = value(await openHistory({ file }));
});
afterEach(async () => {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A run that this process is writing, then given another owner. */
async function runOwnedBy(owner: {
  host?: string;
  pid?: number;
  started?: string;
  heartbeatAt?: number;
}): Promise<void> {
  const other = value(await openHistory({ file }));
  other.createRun(aRun('r1'));
  other.append('r1', aBatch(1));
  await eventually(async () => expect(value(await other.samples('r1'))).toHaveLength(1));
  // Closed without an end, as if the process had died.
  await other.close();
  const db = new SQLite(file);
  const set = (column: string, to: string | number | undefined) => {
    if (to !== undefined) db.prepare(`UPDATE runs SET ${column} = ?`).run(to);
  };
  set('owner_host', owner.host);
  set('owner_pid', owner.pid);
  set('owner_started', owner.started);
  set('heartbeat_at', owner.heartbeatAt);
  db.close();
}

/** The number of a process that has just ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

/** What stands in the file, whatever the history makes of it. */
function stored(): unknown {
  const db = new SQLite(file);
  const row = db.prepare('SELECT state FROM runs').get();
  db.close();
  return row;
}

const stateOf = async () => value(await history.get('r1')).row.state;

describe('a run whose owner died', () => {
  it('is cut off when its process is gone, for good', async () => {
    await runOwnedBy({ pid: await deadPid() });
    expect(value(await history.list({ limit: 1 }))).toMatchObject([
      { state: 'cut_off', verdict: null, ended: null },
    ]);
    expect(stored()).toEqual({ state: 'cut_off' });
  });

  it('is cut off when another process has its number now', async () => {
    await runOwnedBy({ started: 'some other time' });
    expect(await stateOf()).toBe('cut_off');
  });

  it('goes on while its process lives', async () => {
    await runOwnedBy({ heartbeatAt: 0 });
    expect(await stateOf()).toBe('running');
  });

  it('goes on while another host says so, and is cut off 15 s after its last word', async () => {
    await runOwnedBy({ host: 'elsewhere', heartbeatAt: Date.now() });
    expect(await stateOf()).toBe('running');
    const db = new SQLite(file);
    db.prepare('UPDATE runs SET heartbeat_at = ?').run(Date.now() - 16_000);
    db.close();
    expect(await stateOf()).toBe('cut_off');
  });

  it('can be reviewed after kill -9, with everything but its last second', async () => {
    const script = fileURLToPath(new URL('./fixtures/writingProcess.ts', import.meta.url));
    const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(value(await history.list({ limit: 1 }))).toMatchObject([{ id: 'killed', state: 'running' }]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const detail = value(await history.get('killed'));
    expect(detail).toMatchObject({
      summary: null,
      row: {
        state: 'cut_off',
        durationMs: 3000,
        peakCalls: 3,
        ttfaP50: 200,
        ttfaP95: 300,
        ttfaTrend: [901, 902, 903],
      },
    });
    expect(value(await history.samples('killed'))).toHaveLength(3);
    const turns = value(await history.turns({ runId: 'killed', order: 'time', offset: 0, limit: 10 }));
    expect(turns.total).toBe(3);
    expect(await history.remove('killed')).toMatchObject({ ok: true });
  });

  it('is noticed without being asked for', async () => {
    await runOwnedBy({ pid: await deadPid() });
    await eventually(() => expect(stored()).toEqual({ state: 'cut_off' }));
  });
});
