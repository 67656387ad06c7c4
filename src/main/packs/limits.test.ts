import { describe, expect, it } from 'vitest';
import { archivesFor, loadChecks, uploadChecks } from './limits.ts';
import { zipBytes } from './zip.ts';

const clips = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `clip_${i}.pcm`, bytes }));
const mb = 1024 * 1024;
const levels = (checks: { level: string }[]) => checks.map(({ level }) => level);

describe('archives', () => {
  it('are not made for a few clips', () => {
    expect(archivesFor(clips(40, mb))).toEqual([]);
  });

  it('hold many clips in as few archives as the limits allow', () => {
    expect(archivesFor(clips(41, 100_000)).map(({ name, clips: inside }) => [name, inside.length])).toEqual([
      ['clips.zip', 41],
    ]);
    const several = archivesFor(clips(150, mb));
    expect(several.map(({ name }) => name)).toEqual([
      'clips-1.zip',
      'clips-2.zip',
      'clips-3.zip',
      'clips-4.zip',
    ]);
    expect(several.flatMap(({ clips: inside }) => inside)).toHaveLength(150);
    for (const { bytes } of several) expect(bytes).toBeLessThan(50 * mb);
    expect(archivesFor(clips(1001, 100)).map(({ clips: inside }) => inside.length)).toEqual([1000, 1]);
  });

  it('are given up when five do not hold them: then clips go up one by one', () => {
    expect(archivesFor(clips(300, mb))).toEqual([]);
    expect(levels(uploadChecks(clips(300, mb), []))).toEqual(['ok']);
  });
});

describe('limits', () => {
  it('show the sum when everything fits', () => {
    const [check] = uploadChecks(clips(8, 100_000), []);
    expect(check).toEqual({ level: 'ok', text: expect.stringContaining('8 files of 800 kB') as string });
  });

  it('refuse a file above 50 MB and more uploads than Azure takes', () => {
    expect(levels(uploadChecks([{ name: 'long.pcm', bytes: 50 * mb + 1 }], []))).toEqual(['error']);
    expect(levels(uploadChecks(clips(901, 100), []))).toEqual(['error']);
  });

  it('tell how many engines the users need, and both readings of LOCUST_USERS', () => {
    const load = { users: 800, spawnRate: 5, durationMs: 60_000, engineInstances: 4, checks: [] };
    const texts = loadChecks(load).map(({ text }) => text);
    expect(texts[0]).toContain('200 users for each engine');
    expect(texts[0]).toContain('10 engines are safe');
    expect(texts[1]).toContain('800 users in all, or 800 on each of 4 engines (3200)');
    expect(loadChecks({ ...load, users: 50, engineInstances: 1 })).toEqual([]);
  });

  it('say when results cannot be fetched, and refuse more than a day', () => {
    const load = { users: 10, spawnRate: 1, durationMs: 3 * 3_600_000, engineInstances: 1, checks: [] };
    expect(loadChecks(load)).toEqual([]);
    expect(levels(loadChecks({ ...load, durationMs: load.durationMs + 1000 }))).toEqual(['warning']);
    expect(levels(loadChecks({ ...load, durationMs: 25 * 3_600_000 }))).toEqual(['error']);
  });

  it('know the size of an archive before it is made', () => {
    expect(zipBytes([])).toBe(22);
  });
});
