import { describe, expect, it } from 'vitest';
import { rowCells, rowHeads } from './rowCells.ts';
import { workloadOfRow } from './rowWorkload.ts';
import { aRow } from './testing.ts';

const spoken = aRow('a', { ttfaP50: 600, ttfaP95: 900, turnSuccess: 0.9, ttfaTrend: [900] });
const asked = aRow('b', {
  requestP95: 42,
  requestSuccess: 0.995,
  requestsPerSecond: 12.5,
  requestTrend: [42],
});

describe('the list of runs', () => {
  it('has columns for what its runs did', () => {
    expect(rowHeads([spoken]).first.name).toBe('TTFA p50');
    expect(rowHeads([asked])).toMatchObject({ p95: { name: 'Resp. p95' }, fourth: null });
    expect(rowHeads([asked, spoken]).ok.name).toBe('Success');
    expect(rowHeads([]).most.name).toBe('Calls');
  });

  it('shows of callers their answers, of the others their responses', () => {
    expect(rowCells(spoken)).toMatchObject({ p95: { text: '900 ms' }, ok: { text: '90.0 %' }, trend: [900] });
    expect(rowCells(asked)).toMatchObject({
      first: { text: '12.5/s' },
      p95: { text: '42 ms', about: 'Response p95: 42 ms' },
      ok: { text: '99.5 %' },
      trend: [42],
    });
  });

  it('takes a run of which nothing is known for one of calls', () => {
    expect(workloadOfRow(aRow('c'))).toEqual({ voice: true, requests: false });
    expect(workloadOfRow({ ...asked, ttfaP95: 900 })).toEqual({ voice: true, requests: true });
  });
});
