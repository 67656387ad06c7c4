/** A run of real calls with `--record`, from the command line to the files: what they hold lies where the turns say. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { levelOf, rms, samplesOf } from '../../src/contract/audio/level.ts';
import { RecordedCall, RecordedMessage } from '../../src/contract/recording.ts';
import { RunSummary, type TurnRecord } from '../../src/contract/run.ts';
import { decodeWav } from '../../src/main/audio/wav.ts';
import { speak } from '../../src/main/cli/testing.ts';
import { openHistory } from '../../src/main/history/history.ts';

let folder: string;
let env: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-recorded-run-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scenario(): string {
  const path = join(folder, 'two.yaml');
  writeFileSync(
    path,
    `version: 1
name: Two callers
environment: practice
users:
  - kind: voice
    greeting: ignore
    calls_per_user: 1
    pause_between_turns: 0s
    timeouts: { response_gap: 300ms }
    conversations:
      - name: quick
        turns:
          - { say: "Hi there, I have a quick question", barge_in: { after: 400ms } }
          - { say: "Thanks, that's all I needed to know" }
load: { users: 2, spawn_rate: 10, duration: 40s }
`,
  );
  return path;
}

async function turnsOf(runId: string): Promise<TurnRecord[]> {
  const opened = await openHistory({ file: join(env.CROSSTALK_HOME ?? '', 'crosstalk.db') });
  if (!opened.ok) throw new Error(opened.error.message);
  const read = await opened.value.turns({ runId, order: 'time', offset: 0, limit: 100 });
  await opened.value.close();
  if (!read.ok) throw new Error(read.error.message);
  return read.value.turns;
}

/** A lane of a stereo file. */
function laneOf(pcm: Uint8Array, side: 0 | 1): Int16Array {
  return samplesOf(pcm).filter((_, i) => i % 2 === side);
}

describe('crosstalk run --record', () => {
  it('keeps both sides of every call, aligned with its turns', { timeout: 60_000 }, async () => {
    const { code, out, err } = await speak(
      ['run', scenario(), '--record', '100%', '--seed', '2', '--quiet', '--json'],
      env,
    );
    expect([0, 98]).toContain(code);
    expect(err).toContain('Applied: --record → recorded calls = 100 %\n');
    const { run_id, applied } = RunSummary.parse(JSON.parse(out));
    expect(applied).toContain('--record → recorded calls = 100 %');
    const recordings = join(env.CROSSTALK_HOME ?? '', 'recordings', run_id);
    const shown = await speak(['runs', 'show', run_id], env);
    expect(shown.out).toContain(`2 calls in ${recordings}`);
    const index = readFileSync(join(recordings, 'index.jsonl'), 'utf8').trim().split('\n');
    const calls = index.map((line) => RecordedCall.parse(JSON.parse(line)));
    const turns = await turnsOf(run_id);
    expect(calls).toHaveLength(2);
    expect(turns).toHaveLength(4);

    for (const call of calls) {
      expect(call).toMatchObject({ attempt: 1, incomplete: null, conversation: 'quick', sampleRate: 16_000 });
      const name = join(recordings, `${call.callId}-1`);
      const wav = decodeWav(readFileSync(`${name}.wav`));
      if ('problem' in wav) throw new Error(wav.problem);
      expect(wav.format).toMatchObject({ channels: 2, bits: 16, sampleRate: 16_000 });
      const [caller, agent] = [laneOf(wav.pcm, 0), laneOf(wav.pcm, 1)];
      const at = (stamp: number) => Math.round((stamp - call.startedAt) * 16);
      const level = (lane: Int16Array, from: number, to: number) => levelOf(rms(lane, at(from), at(to)));
      for (const turn of turns.filter((t) => t.callId === call.callId)) {
        const { onsetAt, endOfSpeechAt, firstAudioAt } = turn;
        if (onsetAt === null || endOfSpeechAt === null || firstAudioAt === null) throw new Error('no answer');
        expect(level(caller, onsetAt, endOfSpeechAt)).toBeGreaterThan(-40);
        expect(level(caller, endOfSpeechAt + 300, firstAudioAt + 300)).toBeLessThan(-55);
        expect(level(agent, firstAudioAt, firstAudioAt + 300)).toBeGreaterThan(-40);
        // Nothing is heard of an answer before its first audio arrives.
        expect(rms(agent, at(firstAudioAt - 200), at(firstAudioAt) - 1)).toBe(0);
      }
      const interrupted = turns.find((t) => t.callId === call.callId && t.turn === 1);
      expect(interrupted?.bargeInOutcome).toBe('stopped');
      const silentAt = interrupted?.agentSilentAt ?? 0;
      expect(level(agent, silentAt - 100, silentAt)).toBeGreaterThan(-40);
      expect(rms(agent, at(silentAt) + 1, at(silentAt + 200))).toBe(0);

      const text = readFileSync(`${name}.jsonl`, 'utf8');
      const messages = text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => RecordedMessage.parse(JSON.parse(line)));
      expect(messages).toHaveLength(call.messages);
      expect(messages.filter((m) => m.class === 'user_transcript').length).toBeGreaterThanOrEqual(2);
      expect(messages.some((m) => m.kind === 'AudioMetadata' && m.direction === 'sent')).toBe(true);
      expect(text).not.toMatch(/ws:\/\/|x-ms-call|[A-Za-z0-9+/]{100}/);
    }

    // A deleted run can be brought back, and its recordings with it.
    expect(await speak(['runs', 'delete', run_id], env)).toMatchObject({ code: 0 });
    expect(readdirSync(join(recordings, '..'))).toEqual([run_id]);
    expect(await speak(['runs', 'restore', run_id], env)).toMatchObject({ code: 0 });
    expect((await speak(['runs', 'show', run_id], env)).out).toContain(`2 calls in ${recordings}`);
  });

  it(
    'and without it the messages of the slowest calls are kept all the same',
    { timeout: 60_000 },
    async () => {
      const { out } = await speak(['run', scenario(), '--seed', '3', '--quiet', '--json'], env);
      const { run_id } = RunSummary.parse(JSON.parse(out));
      const shown = await speak(['runs', 'show', run_id, '--json'], env);
      const { recordings } = z.object({ recordings: z.array(RecordedCall) }).parse(JSON.parse(shown.out));
      expect(recordings.map(({ why, audio }) => [why, audio])).toEqual([
        ['slowest', false],
        ['slowest', false],
      ]);
      const [call] = recordings;
      const text = readFileSync(
        join(env.CROSSTALK_HOME ?? '', 'recordings', run_id, `${call?.callId}-1.jsonl`),
        'utf8',
      );
      const messages = text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => RecordedMessage.parse(JSON.parse(line)));
      expect(messages).toHaveLength(call?.messages ?? -1);
      expect(messages.filter((m) => m.class === 'user_transcript').length).toBeGreaterThanOrEqual(2);
      expect(messages.some((m) => m.class === 'stop')).toBe(true);
      expect(text).not.toMatch(/ws:\/\/|x-ms-call|[A-Za-z0-9+/]{100}/);
    },
  );

  it('is refused where nothing is kept, and when it is no share', async () => {
    const refused = await speak(['run', scenario(), '--record', '0.5', '--no-history'], env);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toBe(
      'Error: --record keeps calls beside the run in the history: leave out --no-history or --record.\n',
    );
    for (const share of ['10', '110%', 'half', '-1', '']) {
      const wrong = await speak(['run', scenario(), '--record', share], env);
      expect(wrong.code).toBe(2);
      expect(wrong.err).toContain('It must be a share, like 10% or 0.1');
    }
  });
});
