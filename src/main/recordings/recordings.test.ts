import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '#contract/errors';
import { decodeWav } from '../audio/wav.ts';
import { nodeDisk, type RecordingDisk } from './disk.ts';
import { recordingName } from './names.ts';
import { RecordingStore } from './store.ts';
import type { RecordingWriterOptions } from './runRecording.ts';
import { aMessage, aPart } from './testing.ts';

let folder: string;
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-recordings-'));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}

function recordingOf(runId: string, options: Partial<RecordingWriterOptions> = {}) {
  const store = new RecordingStore(join(folder, 'recordings'), options);
  return { store, recording: store.begin(runId, (message) => told.push(message)) };
}

const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
};

describe('recorded calls on disk', () => {
  it('are stereo files with their messages and a line in the index', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([aPart(0.5, { messages: [aMessage(1100)] })]);
    recording.take([aPart(0.25, { value: 2000, messages: [aMessage(1600), aMessage(1550)], ended: true })]);
    recording.take([
      aPart(1, { callId: 'run-u2-c1', vu: 2, startedAt: 500, sampleRate: 24_000, ended: true }),
    ]);
    await recording.finish();
    expect(told).toEqual([]);
    expect(recording.finished).toEqual({ recordings: 2, incomplete: 0 });

    const calls = need(await store.list('r1', false));
    expect(calls).toMatchObject([
      { callId: 'run-u2-c1', durationMs: 1000, sampleRate: 24_000, messages: 0 },
      { callId: 'run-u1-c1', attempt: 1, vu: 1, durationMs: 750, messages: 3, incomplete: null, startedAt: 1000.5 },
    ]); // prettier-ignore
    const [, call] = calls;
    if (!call) throw new Error('no call');
    const wav = readFileSync(join(store.folderOf('r1'), 'run-u1-c1-1.wav'));
    expect(decodeWav(wav)).toMatchObject({
      format: { codec: 'PCM', sampleRate: 16_000, bits: 16, channels: 2 },
      pcm: { length: 12_000 * 4 },
    });
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    const sizes = readdirSync(store.folderOf('r1'))
      .filter((name) => name.startsWith('run-u1'))
      .map((name) => statSync(join(store.folderOf('r1'), name)).size);
    expect(call.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(statSync(join(store.folderOf('r1'), 'run-u1-c1-1.wav')).mode & 0o77).toBe(0);

    expect(need(await store.messages('r1', call)).map((m) => m.at)).toEqual([1100, 1550, 1600]);
    const { totalSamples, pcm } = need(await store.audio('r1', call, 7999, 2));
    expect(totalSamples).toBe(12_000);
    expect([...new Int16Array(pcm.buffer, pcm.byteOffset, 4)]).toEqual([1000, -1000, 2000, -2000]);
    expect(need(await store.audio('r1', call, 12_000, 10)).pcm).toHaveLength(0);
  });

  it('have an outline, which is found once', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([aPart(3, { value: 16_384 })]);
    recording.take([aPart(1, { value: -8192, ended: true })]);
    await recording.finish();
    const [call] = need(await store.list('r1', false));
    if (!call) throw new Error('no call');
    const { callerPeaks, agentPeaks } = need(await store.peaks('r1', call));
    expect(callerPeaks).toHaveLength(4000);
    expect(callerPeaks.slice(0, 4)).toEqual([0, 0.5, 0, 0.5]);
    expect(callerPeaks.slice(-2)).toEqual([-0.25, 0]);
    expect(agentPeaks.slice(-2)).toEqual([0, 0.25]);
    expect(agentPeaks[2998]).toBe(-0.5);
    expect(agentPeaks[3001]).toBe(0.25);
    const kept = join(store.folderOf('r1'), 'run-u1-c1-1.peaks.json');
    writeFileSync(kept, readFileSync(kept, 'utf8').replace('[0,0.5', '[-0.125,0.5'));
    expect(need(await store.peaks('r1', call)).callerPeaks[0]).toBe(-0.125);
    writeFileSync(kept, '{"samples":3');
    expect(need(await store.peaks('r1', call)).callerPeaks[0]).toBe(0);
  });

  it('can be read while they are written', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([aPart(1, { messages: [aMessage(1100)] })]);
    await recording.written();
    const [call] = need(await store.list('r1', true));
    expect(call).toMatchObject({ durationMs: 1000, messages: 1, incomplete: 'the call is still going on' });
    if (!call) throw new Error('no call');
    expect(need(await store.peaks('r1', call)).callerPeaks).toHaveLength(4000);
    recording.take([aPart(1, { ended: true })]);
    await recording.finish();
    expect(need(await store.list('r1', true))).toMatchObject([{ durationMs: 2000, incomplete: null }]);
    expect(need(await store.find({ runId: 'r1', ...call, goingOn: false })).durationMs).toBe(2000);
    expect(await store.find({ runId: 'r1', ...call, attempt: 2, goingOn: false })).toMatchObject({
      error: { kind: 'not_found' },
    });
  });

  it('are listed as far as they were written when the program died', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([
      aPart(1, { messages: [aMessage(1100)] }),
      aPart(1, { callId: 'done', startedAt: 2000, ended: true }),
    ]);
    await recording.written();
    const messages = join(store.folderOf('r1'), 'run-u1-c1-1.jsonl');
    const wav = join(store.folderOf('r1'), 'run-u1-c1-1.wav');
    writeFileSync(messages, '{"at":1200,"dire', { flag: 'a' });
    writeFileSync(wav, Buffer.alloc(3), { flag: 'a' });
    writeFileSync(join(store.folderOf('r1'), 'index.jsonl'), '{"callId":"torn', { flag: 'a' });
    const decoded = decodeWav(readFileSync(wav));
    expect(decoded).toMatchObject({ format: { channels: 2, sampleRate: 16_000 } });
    const calls = need(await store.list('r1', false));
    expect(calls.map((c) => [c.callId, c.durationMs])).toEqual([
      ['run-u1-c1', 1000],
      ['done', 1000],
    ]);
    expect(calls[0]?.incomplete).toMatch(/not finished/);
    expect(calls[1]?.incomplete).toBeNull();
    if (calls[0]) expect(need(await store.messages('r1', calls[0])).map((m) => m.at)).toEqual([1100]);
  });

  it('say what is missing: a thread that failed, what the engine gave up', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([
      aPart(1, { callId: 'lost' }),
      aPart(1, { callId: 'long', incomplete: 'the call is longer than 30 minutes', ended: true }),
    ]);
    await recording.finish();
    const reasons = need(await store.list('r1', false)).map((c) => [c.callId, c.incomplete]);
    expect(Object.fromEntries(reasons)).toEqual({
      lost: expect.stringContaining('engine') as string,
      long: 'the call is longer than 30 minutes',
    });
    expect(recording.finished).toEqual({ recordings: 2, incomplete: 2 });
  });

  it('have names that stay within their folder', async () => {
    const { store, recording } = recordingOf('r1');
    const callId = '../../etc/passwd\u0000 \\ "x"';
    recording.take([aPart(1, { callId, ended: true })]);
    await recording.finish();
    expect(readdirSync(store.folderOf('r1')).sort()).toEqual([
      '__.._etc_passwd_____x_-1.jsonl',
      '__.._etc_passwd_____x_-1.wav',
      'index.jsonl',
    ]);
    expect(need(await store.list('r1', false))).toMatchObject([{ callId }]);
    expect(recordingName('x'.repeat(400), 2)).toHaveLength(152);
    expect(need(await store.list('../recordings/r1', false))).toEqual([]);
    expect(need(await store.remove('..'))).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['recordings']);
  });

  it('are removed with their run', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([aPart(1, { ended: true })]);
    await recording.finish();
    need(await store.remove('r1'));
    expect(readdirSync(join(folder, 'recordings'))).toEqual([]);
    expect(need(await store.list('r1', false))).toEqual([]);
    need(await store.remove('r1'));
  });

  it('leave no folder where nothing was recorded', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([]);
    await recording.finish();
    expect(readdirSync(folder)).toEqual([]);
    expect(need(await store.list('r1', false))).toEqual([]);
  });

  it('are unreadable in a sentence', async () => {
    const { store, recording } = recordingOf('r1');
    recording.take([aPart(1, { ended: true })]);
    await recording.finish();
    const [call] = need(await store.list('r1', false));
    if (!call) throw new Error('no call');
    rmSync(join(store.folderOf('r1'), 'run-u1-c1-1.wav'));
    expect(await store.audio('r1', call, 0, 1)).toMatchObject({
      error: { kind: 'not_found', message: expect.stringMatching(/cannot be read: it is not there any more\.$/) as string },
    }); // prettier-ignore
    mkdirSync(join(store.folderOf('r1'), 'run-u1-c1-1.wav'));
    expect(await store.audio('r1', call, 0, 1)).toMatchObject({ error: { kind: 'unavailable' } });
  });
});

describe('a disk that fails', () => {
  it('costs recordings, says so once, and leaves what was written whole', async () => {
    let room = 100_000;
    const disk: RecordingDisk = {
      ...nodeDisk,
      async append(file, bytes) {
        if (!file.endsWith('.wav')) return nodeDisk.append(file, bytes);
        // As a real disk does: what still fits is written.
        await nodeDisk.append(file, bytes.subarray(0, room));
        if (bytes.length > room) full();
        room -= bytes.length;
      },
    };
    const { store, recording } = recordingOf('r1', { disk });
    for (let second = 0; second < 4; second++)
      recording.take([
        aPart(1, { ended: second === 3 }),
        aPart(0, { callId: 'silent', ended: second === 3 }),
      ]);
    await recording.finish();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/incomplete: the disk was full\. The run goes on;/);
    const calls = new Map(need(await store.list('r1', false)).map((call) => [call.callId, call]));
    expect(calls.get('run-u1-c1')).toMatchObject({ durationMs: 1000, incomplete: 'the disk was full' });
    expect(calls.get('silent')).toMatchObject({ durationMs: 0, incomplete: null });
    expect(decodeWav(readFileSync(join(store.folderOf('r1'), 'run-u1-c1-1.wav')))).toMatchObject({
      pcm: { length: 64_000 },
    });
  });

  it('is full from the beginning', async () => {
    const disk = { ...nodeDisk, append: full, makeFolder: full };
    const { store, recording } = recordingOf('r1', { disk });
    recording.take([aPart(1), aPart(1, { callId: 'b', ended: true })]);
    await recording.finish();
    expect(told).toHaveLength(1);
    expect(need(await store.list('r1', false))).toEqual([]);
  });

  it('is slow: no more waits than may, and the end of the run does not wait for ever', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const disk: RecordingDisk = {
      ...nodeDisk,
      async append(file, bytes) {
        await held;
        await nodeDisk.append(file, bytes);
      },
    };
    const { store, recording } = recordingOf('r1', { disk, waitingBytes: 200_000, finalMs: 1 });
    for (let second = 0; second < 10; second++) recording.take([aPart(1, { ended: second === 9 })]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/the disk was too slow/);
    const late = recording.finish();
    await late;
    expect(told).toHaveLength(1);
    release();
    await recording.written();
    // What was being written when the time was over is there; what waited behind it is not.
    const [call] = need(await store.list('r1', false));
    expect(call?.durationMs).toBe(1000);
    expect(call?.incomplete).toMatch(/not finished/);
  });
});
