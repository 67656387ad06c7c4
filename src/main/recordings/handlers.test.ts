import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { fail, type Result } from '#contract/errors';
import type { RunDetail } from '#contract/run';
import { openHistory, type History } from '../history/history.ts';
import { aBatch, anOutcome, aRun, aTurn } from '../history/testing.ts';
import { createRecordingHandlers } from './handlers.ts';
import { RecordingStore } from './store.ts';
import { aMessage, aPart } from './testing.ts';

let folder: string;
let history: History;
let store: RecordingStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-recorded-'));
  history = need(await openHistory({ file: join(folder, 'crosstalk.db') }));
  store = new RecordingStore(join(folder, 'recordings'));
});
afterEach(async () => {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}

function handlers(more: { store?: RecordingStore | null; live?: RunDetail } = {}) {
  return createRecordingHandlers({
    store: more.store === undefined ? store : more.store,
    history,
    liveRun: () => more.live,
  });
}

const call = { runId: 'r1', callId: 'run-u1-c1', attempt: 1 };

describe('what screens ask of recorded calls', () => {
  it('a call with the turns of this connection and its outline', async () => {
    const turns = [
      aTurn({ callId: 'run-u2-c1', turn: 1, startedAt: 1500 }),
      aTurn({ callId: call.callId, turn: 2, startedAt: 2000 }),
      aTurn({ callId: call.callId, turn: 1, startedAt: 1000 }),
      // Of the connection after it.
      aTurn({ callId: call.callId, turn: 3, startedAt: 9000 }),
    ];
    history.createRun(aRun('r1'));
    history.append('r1', aBatch(1, { turns }));
    const recording = store.begin('r1', () => undefined);
    recording.take([aPart(2, { messages: [1200, 1100, 1300].map((at) => aMessage(at)) })]);
    await recording.written();
    const { recordings, recording: one, recordedMessages, recordedAudio } = handlers();
    await eventually(async () => expect(need(await history.list({ limit: 1 }))).toHaveLength(1));

    expect(need(await recordings({ runId: 'r1' }))).toMatchObject([
      { callId: call.callId, durationMs: 2000, incomplete: 'the call is still going on' },
    ]);
    recording.take([aPart(1, { ended: true })]);
    await recording.finish();
    need(await history.finishRun('r1', anOutcome('r1')));
    const read = need(await one(call));
    expect(read.call).toMatchObject({ durationMs: 3000, incomplete: null });
    expect(read.turns.map((turn) => turn.turn)).toEqual([1, 2]);
    expect(read.callerPeaks).toHaveLength(4000);
    expect(read.agentPeaks).toHaveLength(4000);

    const page = need(await recordedMessages({ ...call, offset: 1, limit: 1 }));
    expect(page).toMatchObject({ total: 3, messages: [{ at: 1200 }] });
    const audio = need(await recordedAudio({ ...call, from: 47_990, samples: 1_440_000 }));
    expect(audio).toMatchObject({ sampleRate: 16_000, totalSamples: 48_000 });
    expect(Buffer.from(audio.pcm, 'base64')).toHaveLength(40);
    expect(await one({ ...call, attempt: 2 })).toMatchObject({ error: { kind: 'not_found' } });
  });

  it('no more than a minute of audio at once', async () => {
    history.createRun(aRun('r1'));
    const recording = store.begin('r1', () => undefined);
    recording.take([aPart(61, { ended: true })]);
    await recording.finish();
    need(await history.finishRun('r1', anOutcome('r1')));
    const { pcm } = need(await handlers().recordedAudio({ ...call, from: 0, samples: 1_440_000 }));
    expect(Buffer.from(pcm, 'base64')).toHaveLength(60 * 16_000 * 4);
  });

  it('of a run that is unknown, or where nothing is kept', async () => {
    const { recordings, recording } = handlers();
    expect(await recordings({ runId: 'r9' })).toMatchObject({ error: { kind: 'not_found' } });
    expect(await recording({ ...call, runId: '../r1' })).toMatchObject({ error: { kind: 'not_found' } });
    history.createRun(aRun('r1'));
    need(await history.finishRun('r1', anOutcome('r1')));
    const nowhere = handlers({ store: null });
    expect(need(await nowhere.recordings({ runId: 'r1' }))).toEqual([]);
    expect(await nowhere.recording(call)).toMatchObject({ error: { code: 'nothing_kept' } });
  });

  it('recordings are read though the history cannot be', async () => {
    const recording = store.begin('r1', () => undefined);
    recording.take([aPart(1, { ended: true })]);
    await recording.finish();
    const locked = () => Promise.resolve(fail('unavailable', 'locked', 'The database is locked.'));
    const answers = createRecordingHandlers({
      store,
      history: { get: locked, turns: locked },
      liveRun: () => undefined,
    });
    expect(need(await answers.recordings({ runId: 'r1' }))).toHaveLength(1);
    expect(await answers.recording(call)).toMatchObject({ error: { code: 'locked' } });
  });
});
