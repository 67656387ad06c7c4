import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { value } from '../history/testing.ts';
import { RecordingStore } from './store.ts';
import { aMessage, aPart } from './testing.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'crosstalk-remembered-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a call that was only remembered is kept as its messages, without sound', async () => {
  const store = new RecordingStore(folder);
  const recording = store.begin('r1', () => undefined);
  const part = aPart(0, {
    ended: true,
    messages: [aMessage(1100), aMessage(1200)],
    why: 'failed',
    withoutAudio: { durationMs: 4200, slowest: 900 },
  });
  recording.take([part]);
  await recording.finish();
  const [call] = value(await store.list('r1', false));
  expect(call).toMatchObject({
    why: 'failed',
    audio: false,
    durationMs: 4200,
    messages: 2,
    incomplete: null,
  });
  expect(readdirSync(join(folder, 'r1')).sort()).toEqual(['index.jsonl', 'run-u1-c1-1.jsonl']);
  if (call === undefined) throw new Error('nothing was kept');
  expect(value(await store.messages('r1', call))).toHaveLength(2);
  expect(value(await store.peaks('r1', call))).toEqual({ callerPeaks: [], agentPeaks: [] });
  expect(value(await store.audio('r1', call, 0, 100)).totalSamples).toBe(0);
});
