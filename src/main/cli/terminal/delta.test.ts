import { expect, it } from 'vitest';
import { deltaText } from './delta.ts';
import { createStyle } from './style.ts';

const style = createStyle(false);
const delta = {
  baselineId: 'r1',
  ttfaP95: 212,
  requestP95: null,
  verdict: 'regressed' as const,
  sentence: 'ttfa p95 +212 ms',
};

it('says the verdict, why, and against which run', () =>
  expect(deltaText(delta, style)).toMatch(/regressed: ttfa p95 \+212 ms \(r1\)$/));

it('says nothing where nothing was compared', () => {
  expect(deltaText(null, style)).toBeNull();
  expect(deltaText({ ...delta, verdict: null, sentence: null }, style)).toBeNull();
});
