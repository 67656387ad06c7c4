import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { openHistory } from './history.ts';
import { aBatch, anOutcome, aRun, value } from './testing.ts';

it('what is said of a run after its end is kept with it, in order, without secrets', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-late-'));
  const file = join(folder, 'crosstalk.db');
  try {
    const history = value(await openHistory({ file }));
    const changes: (string | null)[] = [];
    history.createRun(aRun('a'));
    history.append('a', aBatch(1));
    history.notice('a', 'while it went on');
    value(await history.finishRun('a', anOutcome('a')));
    history.onChange((runId) => changes.push(runId));
    history.notice('a', 'the webhook failed: https://me:hunter2@host/');
    history.notice('a', 'and so did another');
    history.notice('nobody', 'of no run');
    await eventually(() => expect(changes.filter((runId) => runId === 'a')).toHaveLength(2));
    const detail = value(await history.get('a'));
    expect(detail.row.state).toBe('finished');
    expect(detail.notices).toEqual([
      'while it went on',
      'the webhook failed: https://me:***@host/',
      'and so did another',
    ]);
    value(await history.close());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
