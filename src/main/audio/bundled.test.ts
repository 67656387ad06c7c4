import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundled } from '../entries.ts';
import { addressOf } from './address.ts';
import { readClip } from './clips.ts';
import { manifestName, readManifest, utteranceOfLine } from './manifest.ts';
import { measureSpeech } from './speech.ts';

const folder = bundled('audio_cache');
const lines = await readManifest(folder);

test('the manifest lists both conversations whole, and nothing lies beside it', async () => {
  const text = await readFile(join(folder, manifestName), 'utf8');
  expect(lines).toHaveLength(text.trim().split('\n').length);
  const turns = lines.map((line) => `${line.scenario ?? ''} ${line.turn_index ?? 0}/${line.turn_count ?? 0}`);
  expect(turns).toEqual([
    ...[1, 2, 3, 4, 5].map((i) => `insurance_inquiry ${i}/5`),
    ...[1, 2, 3].map((i) => `quick_question ${i}/3`),
  ]);
  const files = (await readdir(folder)).filter((name) => name !== manifestName);
  expect(files.sort()).toEqual(lines.map((line) => line.filename).sort());
});

test.each(lines.map((line) => [line.filename, line] as const))(
  '%s is what its line says',
  async (filename, line) => {
    const utterance = utteranceOfLine(line);
    if (!utterance) throw new Error('says nothing');
    const address = addressOf(utterance);
    expect(line.hash).toBe(address);
    expect(filename).toBe(
      `${line.scenario ?? ''}_turn_${line.turn_index ?? 0}_of_${line.turn_count ?? 0}_${address.slice(0, 6)}.pcm`,
    );
    const clip = await readClip(join(folder, filename));
    if (!clip.ok) throw new Error(clip.error.message);
    const figures = measureSpeech(clip.value);
    if (!figures) throw new Error('silent');
    expect(clip.value.length / 16_000).toBeCloseTo(line.duration_seconds ?? 0, 3);
    expect(figures.level).toBeGreaterThan(-25);
    expect(figures.level).toBeLessThan(-18);
    expect(figures.peak).toBeLessThan(-0.9);
    expect(figures.leadingMs).toBeLessThanOrEqual(100);
    expect(figures.trailingMs).toBeLessThanOrEqual(120);
    expect(figures.longestPauseMs).toBeLessThan(400);
  },
);
