import { describe, expect, it } from 'vitest';
import type { RequestRow } from '#contract/requests';
import { filterOfRow, ratioWords, statusText, totalRow } from './breakdownRows.ts';

const row: RequestRow = {
  key: 'get clients',
  type: 'GET',
  phase: null,
  count: 90,
  failed: 9,
  timedOut: 2,
  retries: 1,
  success: 0.9,
  perSecond: 3,
  p50: 10,
  p90: 20,
  p95: 30,
  p99: 40,
  max: 50,
  mean: 12,
  uncorrectedP95: 28,
  firstByteP95: 20,
  downloadP95: 2,
  firstTokenP95: null,
  tokensPerSecondP50: null,
  firstAudioP95: null,
  finalResultP95: null,
  bytesReceived: 1000,
  statuses: { '200': 81, '503': 9 },
};

describe('all rows as one', () => {
  it('adds up what can be added, and averages no percentile', () => {
    const total = totalRow([row, { ...row, count: 10, failed: 1, statuses: { '200': 9 } }], [], 10);
    expect(total).toMatchObject({
      count: 100,
      failed: 10,
      success: 0.9,
      perSecond: 10,
      p95: null,
      bytesReceived: 2000,
      statuses: { '200': 90, '503': 9 },
    });
  });

  it('is nothing of nothing', () => {
    expect(totalRow([], [], 0)).toMatchObject({ count: 0, success: null, perSecond: 0 });
  });
});

it('names statuses with the most frequent first', () => {
  expect(statusText({ '503': 9, '200': 1234 })).toBe('200 1,234 · 503 9');
  expect(statusText({})).toBe('');
});

it('leads from a row to its requests, where it has a name', () => {
  expect(filterOfRow('phase', 'chat')).toEqual({ phase: 'chat' });
  expect(filterOfRow('group', '')).toBeNull();
});

describe('how a period stands to the first', () => {
  it.each([
    [750, 4, '188× faster'],
    [4, 6, '1.5× slower'],
    [100, 98, 'the same'],
    [12_000, 1, '12.0 k× faster'],
  ])('%d ms → %d ms is %s', (first, value, text) => expect(ratioWords(first, value)?.text).toBe(text));

  it('is not known without both', () => {
    expect(ratioWords(null, 4)).toBeNull();
    expect(ratioWords(0, 4)).toBeNull();
  });
});
