/** What the locustfile makes of clips and messages against what the engine makes of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { amplitudeOf, findVoiced, samplesOf } from '../../src/contract/audio/level.ts';
import { say } from '../../src/engine/call/testing/rehearsal.ts';
import { createAcsAdapter } from '../../src/engine/protocols/acs.ts';
import { Random } from '../../src/engine/random.ts';
import { resampledLength, resampleTo24k } from '../../src/main/audio/resample.ts';
import { bundled } from '../../src/main/entries.ts';
import { play, python, noPython } from './python.ts';

const base64 = (samples: Int16Array) =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');

const clips = readdirSync(bundled('audio_cache'))
  .filter((name) => name.endsWith('.pcm'))
  .map((name) => samplesOf(readFileSync(join(bundled('audio_cache'), name))));

/** Stretches of noise at levels around the limits, of odd lengths. */
function noises(): Int16Array[] {
  const random = new Random(3, 1);
  return Array.from({ length: 60 }, () => {
    const parts = Array.from({ length: 1 + Math.floor(random.next() * 6) }, () => {
      const peak = amplitudeOf(-70 + random.next() * 70);
      return Array.from({ length: Math.floor(random.next() * 900) }, () =>
        Math.round((random.next() * 2 - 1) * peak),
      );
    });
    return Int16Array.from(parts.flat());
  });
}

describe.skipIf(python === null)(`sound in the locustfile${python === null ? ` (${noPython})` : ''}`, () => {
  it('finds the same voiced samples', async () => {
    const quieter = clips.map((clip) => clip.map((sample) => Math.round(sample / 30)));
    const asked = [...clips, ...quieter, ...noises(), new Int16Array(4000)].flatMap((samples) =>
      [-45, -30].map((level) => ({ samples, level, rate: samples.length % 2 ? 24_000 : 16_000 })),
    );
    const expected = asked.map(({ samples, level, rate }) => {
      const span = findVoiced(samples, rate, level);
      return span && [span.firstSample, span.lastSample];
    });
    const input = asked.map(({ samples, level, rate }) => ({ pcm: base64(samples), level, rate }));
    expect(await play('voiced', input)).toEqual(expected);
    expect(expected).toContain(null);
  });

  it('converts to 24 kHz by the same filter', async () => {
    const asked = [...noises().slice(0, 12), ...clips.slice(0, 1).map((clip) => clip.subarray(4000, 12_001))];
    expect(asked).toHaveLength(13);
    const theirs = (await play('resample', asked.map(base64))) as string[];
    for (const [i, samples] of asked.entries()) {
      const ours = new Int16Array(resampledLength(samples.length));
      resampleTo24k(samples, ours);
      const got = samplesOf(Buffer.from(theirs[i]!, 'base64'));
      expect(got.length).toBe(ours.length);
      const furthest = ours.reduce((most, sample, at) => Math.max(most, Math.abs(sample - got[at]!)), 0);
      // One step: a sum that lies between two whole numbers.
      expect(furthest).toBeLessThanOrEqual(1);
    }
  });

  it('takes every message for what the engine takes it', async () => {
    const pcm = base64(new Int16Array(320).fill(900));
    const messages = [
      ...Object.values(say),
      `{"Kind":"AUDIODATA","audiodata":{"DATA":"${pcm}"}}`,
      `{"kind":"AudioData","audioData":{"timestamp":null,"participantRawID":null,"data":"${pcm}","silent":false}}`,
      `{ "audioData": {"data":"${pcm}"}, "kind": "AudioData" }`,
      `{"kind":"AudioData","audioData":{"data":"${pcm.replaceAll('/', '\\/')}"}}`,
      '{"kind":"AudioData","audioData":{"data":""}}',
      '{"kind":"AudioData"}',
      '{"kind":"StopAudio","stopAudio":{}}',
      '{"kind":"TextData","textData":{"text":"hi","role":"User"}}',
      '{"kind":"TextData","textData":{"text":"hi","role":"assistant"}}',
      '{"kind":"ErrorData","errorData":{"code":"x","message":"broken"}}',
      '{"kind":"MarkAudio"}',
      '{"kind":"DtmfData","dtmfData":{"data":"3"}}',
      '{"type":"assistant_final","content":"the end"}',
      '{"type":"status","sender":"Assistant","payload":{"message":"we are done"}}',
      '{"type":"event","payload":{"sender":"User","message":"hello"}}',
      '{"type":"tool_progress","pct":50}',
      '{"type":"error","message":"no"}',
      '{"type":"session_end","reason":"NORMAL"}',
      '{"sender":"nobody"}',
      '[1,2]',
      'not json',
      '{"kind":7,"type":"status","sender":"user","payload":{"message":"finally"}}',
    ];
    for (const markers of [
      { response: [], end: [] },
      { response: ['progress', 'we'], end: [' Done', 'end', 'final'] },
    ]) {
      const adapter = createAcsAdapter({ sampleRate: 16_000, frameMs: 20, audibleLevel: -50 }, markers);
      const session = adapter.session({ callId: 'call', vu: 1 });
      const ours = messages.map((text) => {
        const [message] = session.receive(Buffer.from(text), false);
        return {
          what: message?.class === 'mark' ? 'other' : message?.class,
          kind: message?.kind,
          ms: message?.audio?.durationMs ?? null,
          speech: message?.audio?.speech ?? null,
        };
      });
      const theirs = (await play('read', { markers, messages })) as unknown[];
      expect(theirs).toEqual(ours);
    }
  });
});
