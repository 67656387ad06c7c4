import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultAudibleLevel, levelOf, rms, samplesOf } from '#contract/audio/level';
import { dialects, type Dialect } from '../dialects.ts';
import { nsOf } from '../time.ts';
import { loadSpeech, takeSpeech, tighten } from './audio.ts';
import { follows, FrameBank, pieceOf, type AudioFrame } from './frames.ts';

function samplesIn(frame: AudioFrame | undefined): Int16Array {
  const data = /"data":"([^"]*)"/.exec(frame?.wire.toString() ?? '')?.[1] ?? '';
  return samplesOf(Buffer.from(data, 'base64'));
}

const bank = (dialect: Dialect, rate = 16_000): FrameBank => new FrameBank(loadSpeech(null), dialect, rate);

describe('audio of the answers', () => {
  test('every piece is speech at about −20 dBFS and audible from its first window', () => {
    for (const piece of loadSpeech(null)) {
      expect(levelOf(rms(piece))).toBeCloseTo(-20, 0);
      expect(levelOf(rms(piece, 0, 320))).toBeGreaterThan(-35);
    }
  });

  test('recordings are cut to their speech, long pauses shortened; useless files are passed over', () => {
    const folder = mkdtempSync(join(tmpdir(), 'practice-'));
    const tone = (length: number): Int16Array =>
      Int16Array.from({ length }, (_, i) => 3000 * Math.sin(i / 5));
    const recording = new Int16Array(16_000 * 3);
    recording.set(tone(16_000), 8000);
    recording.set(tone(8000), 36_000);
    writeFileSync(join(folder, 'a.pcm'), Buffer.from(recording.buffer));
    writeFileSync(join(folder, 'empty.pcm'), '');
    writeFileSync(join(folder, 'silence.pcm'), Buffer.alloc(6400));
    const pieces = loadSpeech(folder);
    expect(pieces).toHaveLength(1);
    const ms = (pieces[0]?.length ?? 0) / 16;
    expect(ms).toBeGreaterThan(1500);
    expect(ms).toBeLessThan(1500 + 4 * 100);
    expect(tighten(new Int16Array(320))).toHaveLength(0);
    expect(loadSpeech(join(folder, 'missing'))).toHaveLength(3);
  });

  test('a longer text goes on with the next piece', () => {
    const pieces = [Int16Array.of(1, 2), Int16Array.of(3)];
    expect([...takeSpeech(pieces, 1, 5 / 16)]).toEqual([3, 1, 2, 3, 1]);
  });

  test('snapshot: whole 20 ms frames only; main: 40 ms and the rest', () => {
    const snapshot = bank(dialects.snapshot).speech(1510, 0);
    expect(snapshot).toHaveLength(75);
    expect(samplesIn(snapshot[74])).toHaveLength(320);
    const main = bank(dialects.main, 24_000).speech(1500, 0);
    expect(main.map((frame) => samplesIn(frame).length)).toEqual([...Array<number>(37).fill(960), 480]);
    expect(main[37]?.duration).toBe(nsOf(20));
    expect(bank(dialects.snapshot).speech(0, 0)).toHaveLength(1);
  });

  test('the first frame of any variant is audible, and frames are made once', () => {
    const frames = bank(dialects.main);
    for (let variant = 0; variant < 5; variant++) {
      const speech = frames.speech(1500, variant);
      expect(levelOf(rms(samplesIn(speech[0])))).toBeGreaterThan(defaultAudibleLevel);
      expect(frames.speech(1500, variant)).toBe(speech);
    }
  });

  test('quiet frames carry samples below −60 dBFS', () => {
    const frames = bank(dialects.snapshot);
    for (let n = 0; n < 20; n++) {
      const samples = samplesIn(frames.quiet(n));
      expect(samples).toHaveLength(320);
      expect(levelOf(rms(samples))).toBeLessThan(-60);
      expect(rms(samples)).toBeGreaterThan(0);
    }
  });

  test('frames that lie behind each other make one piece', () => {
    const [first, second, third, ...rest] = bank(dialects.snapshot).speech(200, 0);
    const other = bank(dialects.snapshot).speech(200, 1)[1];
    if (!first || !second || !third || !other) throw new Error('too few frames');
    expect(rest).toHaveLength(7);
    expect([follows(first, second), follows(second, third)]).toEqual([true, true]);
    expect([follows(first, third), follows(first, other), follows(second, first)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(pieceOf(first, third)).toEqual(Buffer.concat([first.wire, second.wire, third.wire]));
    expect(pieceOf(second, second)).toBe(second.wire);
  });
});
