import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TruthLine } from '#contract/practice';
import { CallTruth, openTruthLog, TurnTruth } from './truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'practice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const unexpected = (message: string): never => {
  throw new Error(message);
};

test('writes lines of the agreed shape, and replaces an earlier log but nothing else', async () => {
  const file = join(folder, 'truth.jsonl');
  for (const callId of ['first', 'second']) {
    const log = await openTruthLog(file, unexpected);
    if (!log.ok) throw new Error(log.error.message);
    const turn = new TurnTruth(callId, 1, { at: 5n, frame: 2 });
    turn.audio(20n);
    turn.audio(30n);
    log.value.write(turn.line());
    log.value.write(new CallTruth(callId, 1n).line());
    await log.value.close();
  }
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const parsed = lines.map((line) => TruthLine.parse(JSON.parse(line)));
  expect(parsed).toHaveLength(2);
  expect(parsed[0]).toMatchObject({
    callId: 'second',
    firstMessageNs: '20',
    firstAudioNs: '20',
    lastAudioNs: '30',
    answered: true,
  });

  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'do not lose this\n');
  const refused = await openTruthLog(notes, unexpected);
  expect(refused).toMatchObject({ ok: false, error: { code: 'log_not_ours' } });
  expect(readFileSync(notes, 'utf8')).toBe('do not lose this\n');
});

test('a file that cannot be written is an error with its cause', async () => {
  const result = await openTruthLog(join(folder, 'missing', 'truth.jsonl'), unexpected);
  expect(result).toMatchObject({ ok: false, error: { code: 'log_not_writable' } });
});
