import { describe, expect, test } from 'vitest';
import { Endpointing, type Heard } from './endpointing.ts';
import { quiet, voiced } from '../testing/caller.ts';
import { nsOf } from '../time.ts';

const frame = nsOf(20);

/** Feeds frames ('v' voiced, '.' quiet) that arrive every 20 ms and tells what came of each. */
function hear(endpointing: Endpointing, pattern: string, from = 0): { index: number; heard: Heard }[] {
  return Array.from(pattern).flatMap((sign, i) => {
    const index = from + i;
    const heard = endpointing.hear(sign === 'v' ? voiced : quiet, {
      at: BigInt(index) * frame,
      frame: index,
    });
    return heard ? [{ index, heard }] : [];
  });
}

describe('endpointing', () => {
  test('begins with the first voiced frame and ends with the last, once the silence is long enough', () => {
    const events = hear(new Endpointing(-45, 100, 16_000), '...vvvv.....');
    expect(events).toEqual([
      { index: 3, heard: { kind: 'onset', onset: { at: 3n * frame, frame: 3 } } },
      { index: 11, heard: { kind: 'ended', end: { at: 6n * frame, frame: 6 } } },
    ]);
  });

  test('a pause shorter than the endpointing does not end the utterance', () => {
    const events = hear(new Endpointing(-45, 100, 16_000), 'vv....vv....v.....');
    expect(events.map(({ heard }) => heard?.kind)).toEqual(['onset', 'ended']);
    expect(events[1]?.heard).toEqual({ kind: 'ended', end: { at: 12n * frame, frame: 12 } });
  });

  test('hears one utterance after another', () => {
    const events = hear(new Endpointing(-45, 60, 16_000), 'v....v...');
    expect(events.map(({ heard }) => heard?.kind)).toEqual(['onset', 'ended', 'onset', 'ended']);
  });

  test('a caller that stalls has not finished; one that is gone for long has', () => {
    const endpointing = new Endpointing(-45, 100, 16_000);
    expect(endpointing.expires).toBeNull();
    hear(endpointing, 'vv');
    expect(endpointing.expires).toBe(frame + nsOf(1100));
    expect(endpointing.expire(frame + nsOf(1099))).toBeNull();
    const more = hear(endpointing, 'v', 50);
    expect(more).toEqual([]);
    expect(endpointing.expire(50n * frame + nsOf(1100))).toEqual({
      kind: 'ended',
      end: { at: 50n * frame, frame: 50 },
    });
    expect(endpointing.lastVoiced).toBeNull();
  });

  test('a longer frame is voiced when any 20 ms of it are', () => {
    const endpointing = new Endpointing(-45, 100, 16_000);
    const long = new Int16Array(1600);
    long.set(voiced, 320);
    expect(endpointing.hear(long, { at: 0n, frame: 0 })?.kind).toBe('onset');
  });

  test('the level decides', () => {
    const soft = voiced.map((sample) => Math.round(sample / 40));
    expect(new Endpointing(-45, 100, 16_000).hear(soft, { at: 0n, frame: 0 })).toBeNull();
    expect(new Endpointing(-60, 100, 16_000).hear(soft, { at: 0n, frame: 0 })?.kind).toBe('onset');
  });
});
