import { expect, it } from 'vitest';
import { fail, ok } from '#contract/errors';
import { base64Of } from '../sound/base64.ts';
import { CallChunks, type FetchAudio } from './callChunks.ts';

/** A recording whose caller says 1 and whose agent says 2, all the time. */
function recording(seconds: number) {
  const asked: number[] = [];
  const total = seconds * 16_000;
  const fetch: FetchAudio = (from, samples) => {
    asked.push(from / 160_000);
    const both = new Int16Array(Math.max(0, Math.min(samples, total - from)) * 2).map((_, i) => (i % 2) + 1);
    return Promise.resolve(
      ok({ sampleRate: 16_000, totalSamples: total, pcm: base64Of(new Uint8Array(both.buffer)) }),
    );
  };
  return { asked, fetch };
}

it('fetches a stretch once, takes the sides apart, and the last one as far as it goes', async () => {
  const { asked, fetch } = recording(12);
  const chunks = new CallChunks(16_000, fetch);
  await Promise.all([chunks.get(1), chunks.get(1)]);
  await chunks.get(1);
  expect(asked).toEqual([1]);
  const chunk = chunks.at(1);
  expect([chunk?.caller.length, chunk?.caller[7], chunk?.agent[7]]).toEqual([32_000, 1, 2]);
  expect(chunks.outline(1)?.agent.length).toBe(400);
  expect([chunks.at(0), chunks.outline(0)]).toEqual([undefined, undefined]);
});

it('keeps the samples of what was used last, and every outline', async () => {
  const { asked, fetch } = recording(600);
  const chunks = new CallChunks(16_000, fetch);
  for (let i = 0; i < 40; i++) await chunks.get(i);
  expect([chunks.at(0), chunks.at(39)?.caller.length, chunks.outline(0)?.caller.length]).toEqual([
    undefined,
    160_000,
    2000,
  ]);
  asked.length = 0;
  await chunks.get(0);
  expect(asked).toEqual([0]);
});

it('asks again after a failure', async () => {
  let works = false;
  const { fetch } = recording(1);
  const chunks = new CallChunks(16_000, (from, samples) =>
    works ? fetch(from, samples) : Promise.resolve(fail('unavailable', 'disk', 'The disk does not answer.')),
  );
  expect(await chunks.get(0)).toMatchObject({ error: { code: 'disk' } });
  works = true;
  expect(await chunks.get(0)).toMatchObject({ ok: true });
});
