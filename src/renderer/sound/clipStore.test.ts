import { describe, expect, it } from 'vitest';
import { fail, ok } from '#contract/errors';
import { base64Of } from './base64.ts';
import { ClipStore, type FetchPart } from './clipStore.ts';

/** Clips whose samples are 0, 1, 2 …, and what was asked of them. */
function clips(lengths: Record<string, number>) {
  const asked: string[] = [];
  const fetch: FetchPart = (clip, from, samples) => {
    asked.push(`${clip}@${from}`);
    const length = lengths[clip];
    if (length === undefined) return Promise.resolve(fail('not_found', 'no_clip', 'There is no such clip.'));
    const part = Int16Array.from(
      { length: Math.max(0, Math.min(samples, length - from)) },
      (_, i) => (from + i) % 32_768,
    );
    return Promise.resolve(
      ok({ sampleRate: 16_000, totalSamples: length, pcm: base64Of(new Uint8Array(part.buffer)) }),
    );
  };
  return { asked, fetch };
}

describe('the store of clips', () => {
  it('puts a clip together from its parts, and fetches it once', async () => {
    const { asked, fetch } = clips({ long: 1_000_001 });
    const store = new ClipStore(fetch);
    const [first, second] = await Promise.all([store.get('long'), store.get('long')]);
    expect(second).toBe(first);
    expect(asked).toEqual(['long@0', 'long@480000', 'long@960000']);
    const samples = first.ok ? first.value.samples : new Int16Array();
    expect(samples.length).toBe(1_000_001);
    expect([samples[0], samples[480_000], samples[1_000_000]]).toEqual([
      0,
      480_000 % 32_768,
      1_000_000 % 32_768,
    ]);
  });

  it('asks again after a failure', async () => {
    const lengths: Record<string, number> = {};
    const { fetch } = clips(lengths);
    const store = new ClipStore(fetch);
    expect(await store.get('a')).toMatchObject({ error: { code: 'no_clip' } });
    lengths.a = 4;
    expect(await store.get('a')).toMatchObject({ ok: true });
  });

  it('keeps the clips that were used last', async () => {
    const { asked, fetch } = clips({ a: 100, b: 100, c: 100 });
    const store = new ClipStore(fetch, 400);
    await store.get('a');
    await store.get('b');
    await store.get('a');
    await store.get('c');
    asked.length = 0;
    await store.get('a');
    await store.get('b');
    expect(asked).toEqual(['b@0']);
  });

  it('keeps a clip that is larger than the bound by itself', async () => {
    const { asked, fetch } = clips({ a: 1000 });
    const store = new ClipStore(fetch, 10);
    await store.get('a');
    await store.get('a');
    expect(asked).toEqual(['a@0']);
  });

  it('takes what is left of a clip that was cut short, and nothing of an empty one', async () => {
    const { fetch } = clips({ empty: 0 });
    expect(await new ClipStore(fetch).get('empty')).toMatchObject({ value: { samples: { length: 0 } } });
    const shrunk = new ClipStore((_clip, from) =>
      Promise.resolve(
        ok({ sampleRate: 16_000, totalSamples: 10, pcm: from === 0 ? base64Of(new Uint8Array(8)) : '' }),
      ),
    );
    expect(await shrunk.get('a')).toMatchObject({ value: { samples: { length: 4 } } });
  });
});
