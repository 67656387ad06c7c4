import { expect, test } from 'vitest';
import { finishSpeech, measureSpeech } from './speech.ts';
import { tone } from './testing/clips.ts';

function joined(...parts: Int16Array[]): Int16Array {
  const out = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
const silence = (ms: number) => new Int16Array(ms * 16);

test('speech is levelled and trimmed to whole windows', () => {
  const finished = finishSpeech(joined(silence(700), tone(500, { level: 0.9 }), silence(300)));
  if (!finished) throw new Error('nothing');
  const figures = measureSpeech(finished);
  expect(figures?.level).toBeCloseTo(-20, 0);
  expect(figures?.leadingMs).toBe(100);
  expect(figures?.trailingMs).toBeGreaterThanOrEqual(100);
  expect(figures?.trailingMs).toBeLessThan(121);
  expect(finished.length % 320).toBe(0);
});

test('silence is added where there was less', () => {
  const finished = finishSpeech(tone(300));
  const figures = finished && measureSpeech(finished);
  expect(figures?.leadingMs).toBe(100);
  expect(figures?.trailingMs).toBeGreaterThanOrEqual(100);
});

test('pauses that an agent could take for the end of the turn are shortened, others are kept', () => {
  const raw = joined(tone(300), silence(200), tone(300), silence(900), tone(300), silence(600), tone(200));
  expect(measureSpeech(raw)?.longestPauseMs).toBe(900);
  const finished = finishSpeech(raw);
  const figures = finished && measureSpeech(finished);
  expect(figures?.longestPauseMs).toBe(340);
  expect(figures?.durationMs).toBe(100 + 300 + 200 + 300 + 340 + 300 + 340 + 200 + 100);
});

test('a loud peak limits the gain instead of being clipped', () => {
  const quiet = tone(2000, { level: 0.02 });
  quiet[5000] = 20_000;
  const finished = finishSpeech(quiet);
  const figures = finished && measureSpeech(finished);
  expect(figures?.peak).toBeLessThanOrEqual(-0.99);
});

test('nothing voiced is nothing', () => {
  expect(finishSpeech(silence(500))).toBeNull();
  expect(measureSpeech(silence(500))).toBeNull();
});
