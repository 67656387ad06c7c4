import { describe, expect, it } from 'vitest';
import { sentenceOf } from './sentence.ts';

describe('a threshold as a sentence', () => {
  it('says everything of its row', () => {
    expect(
      sentenceOf({
        metric: 'ttfa',
        stat: 'p95',
        target: '2s',
        acceptable: '3s',
        where: { turn: 2, conversation: 'quick' },
        after: '30s',
        abort: true,
        when: 'live',
      }),
    ).toBe(
      'ttfa p95 below 2 s, up to 3 s acceptable, only turn 2, conversation quick, after 30 s, only in live environments; stops the run',
    );
  });

  it.each([
    [
      { metric: 'connection_success', stat: 'rate', target: '98%', acceptable: '95%' },
      'connection success above 98 %, down to 95 % acceptable',
    ],
    [{ metric: 'error_rate', stat: 'rate', target: 0.01 }, 'error rate below 1 %'],
    [{ metric: 'calls_failed', stat: 'count', target: 3, acceptable: 3 }, 'calls failed at most 3'],
    [
      { metric: 'barge_in', stat: 'p99_9', target: '500ms', enabled: false },
      'Off: barge-in p99.9 below 500 ms',
    ],
    [{ metric: 'ttfa', stat: 'p95', target: 'soon' }, 'ttfa p95 below …'],
    [{ metric: 'pace' }, 'A threshold of a metric that there is not'],
  ])('%j', (row, sentence) => {
    expect(sentenceOf(row)).toBe(sentence);
  });
});
