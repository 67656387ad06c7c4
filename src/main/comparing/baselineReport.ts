/** What a run's reports say of the baseline it was compared with. */
import type { ComparedCell, ComparedRow, Comparison } from '#contract/comparison';
import type { ComparisonVerdict } from '#contract/run';
import type { TestCase } from '../reports/junit.ts';
import { changeText, groundsText, rowName } from './differenceText.ts';

/** `baseline` of the summary's JSON. Promised to outside readers: extend, never change. */
export interface BaselineReport {
  run_id: string;
  name: string;
  started_at: string;
  verdict: ComparisonVerdict;
  sentence: string;
  remarks: string[];
  metrics: {
    metric: string;
    stat: string;
    headline: boolean;
    baseline: number | null;
    baseline_count: number;
    value: number | null;
    count: number;
    difference: number | null;
    /** The difference as a share of the baseline's value. */
    share: number | null;
    /** 95 %. */
    interval: [number, number] | null;
    verdict: ComparisonVerdict | null;
  }[];
}

function cellsOf(row: ComparedRow): { from: ComparedCell; to: ComparedCell } | null {
  const [from, to] = row.cells;
  return from === undefined || to === undefined ? null : { from, to };
}

/** Of a comparison of two runs; null of any other. */
export function baselineReport({ runs, rows }: Comparison): BaselineReport | null {
  const [baseline, run] = runs;
  if (baseline === undefined || run === undefined || run.verdict === null) return null;
  return {
    run_id: baseline.row.id,
    name: baseline.row.name,
    started_at: baseline.row.startedAt,
    verdict: run.verdict,
    sentence: run.sentence ?? '',
    remarks: run.remarks,
    metrics: rows.flatMap((row) => {
      const cells = cellsOf(row);
      if (cells === null) return [];
      const { from, to } = cells;
      const { difference, share, interval, verdict } = to;
      return [
        {
          metric: row.metric,
          stat: row.stat,
          headline: row.headline,
          baseline: from.value,
          baseline_count: from.count,
          value: to.value,
          count: to.count,
          difference,
          share,
          interval,
          verdict,
        },
      ];
    }),
  };
}

/** A test case per headline metric that both runs have: it fails where the run regressed. */
export function baselineCases({ rows }: Comparison): TestCase[] {
  return rows.flatMap((row) => {
    const cells = row.headline ? cellsOf(row) : null;
    if (cells?.to.difference == null) return [];
    const { from, to } = cells;
    const text = `${changeText(row, to)} (${groundsText(row, from, to)})`;
    const regressed = to.verdict === 'regressed';
    return [
      {
        className: 'baseline',
        name: `${rowName(row)} against the baseline`,
        failure: regressed ? `regressed: ${text}` : null,
        output: regressed ? null : `${(to.verdict ?? 'unclear').replace('_', ' ')}: ${text}`,
      },
    ];
  });
}
