import { describe, expect, it } from 'vitest';
import type { CacheReport, Finding } from '#contract/api/clips';
import { canMend, chooseFindings, findingRows, mendsOf } from './findings.ts';

const finding = (kind: Finding['kind'], more: Partial<Finding> = {}): Finding => ({
  kind,
  severity: 'warning',
  filename: 'a.pcm',
  message: kind,
  mend: null,
  ...more,
});
const report = (findings: Finding[]): CacheReport => ({
  folder: '/cache',
  writable: true,
  made: 'crosstalk',
  clips: [],
  bytes: 0,
  durationMs: 0,
  findings,
});

describe('what was found in a folder', () => {
  const findings = [
    finding('too_quiet', { mend: 'normalise' }),
    finding('missing', { severity: 'error', mend: 'drop_line' }),
    finding('too_quiet', { filename: 'b.pcm', mend: 'normalise' }),
    finding('bad_line', { filename: null, mend: 'drop_line' }),
  ];

  it('stands under the heading of its kind, errors first, with its place in the report', () => {
    expect(
      findingRows(findings, 'all').map((row) =>
        row.type === 'group' ? `${row.kind} ${row.count}` : row.index,
      ),
    ).toEqual(['missing 1', 1, 'too_quiet 2', 0, 2, 'bad_line 1', 3]);
    expect(findingRows(findings, 'error')).toHaveLength(2);
    expect(findingRows([], 'all')).toEqual([]);
  });

  it('can be mended where a file and a way are known', () => {
    expect(findings.map(canMend)).toEqual([true, true, true, false]);
    expect(chooseFindings(report(findings), new Set(), [0, 1, 2, 3, 9], true)).toEqual(new Set([0, 1, 2]));
    expect(chooseFindings(report(findings), new Set([0, 1]), [1], false)).toEqual(new Set([0]));
  });

  it('asks for each file and mend once', () => {
    const twice = report([...findings, finding('too_loud', { mend: 'normalise' })]);
    expect(mendsOf(twice, new Set([0, 4, 2, 3]))).toEqual([
      { filename: 'a.pcm', mend: 'normalise' },
      { filename: 'b.pcm', mend: 'normalise' },
    ]);
  });
});
