/** `_stats.csv`: a row for each request, and one for all of them. */
import { readCsv } from '../csv.ts';
import { type Progress, type Reading, type ResultFile } from '../files.ts';
import { type ReadRequest } from '../foreign.ts';
import { counted, countIn, msIn, numberIn, unescapeHtml } from '../words.ts';
import { absentPercentiles, percentileColumns, percentilesIn } from './percentiles.ts';

export const aggregated = 'Aggregated';

export interface LocustStats {
  requests: ReadRequest[];
  /** All of them; null: the file has no such row. */
  total: { count: number; failures: number; perSecond: number | null } | null;
  /** Percentiles that no column is for. */
  absent: number[];
  notes: string[];
}

/** Reads it; rows without a count are left out and said. */
export async function readStats(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): Promise<LocustStats> {
  const requests: ReadRequest[] = [];
  const all: { total: LocustStats['total'] } = { total: null };
  let odd = 0;
  let percentiles = new Map<number, string>();
  const { cut } = await readCsv(
    file,
    reading,
    progress,
    (row) => {
      const name = row('Name');
      const count = countIn(row('Request Count'));
      const failures = countIn(row('Failure Count'));
      if (name === undefined || count === null || failures === null || failures > count) {
        odd++;
        return;
      }
      const type = row('Type') ?? '';
      if (name === aggregated && type === '') {
        all.total = { count, failures, perSecond: numberIn(row('Requests/s')) };
        return;
      }
      const none = count === 0;
      const known = percentilesIn(row, percentiles);
      requests.push({
        type: unescapeHtml(type),
        name: unescapeHtml(name),
        count,
        failures,
        coarse: true,
        histogram: null,
        latency: {
          unit: 'ms',
          count,
          min: none ? null : msIn(row('Min Response Time')),
          mean: none ? null : msIn(row('Average Response Time')),
          stddev: null,
          p50: none ? null : (known.p50 ?? msIn(row('Median Response Time'))),
          p75: none ? null : known.p75,
          p90: none ? null : known.p90,
          p95: none ? null : known.p95,
          p99: none ? null : known.p99,
          p99_9: none ? null : known.p99_9,
          max: none ? null : msIn(row('Max Response Time')),
        },
      });
    },
    (columns) => {
      percentiles = percentileColumns(columns);
    },
  );
  const notes: string[] = [];
  if (odd > 0)
    notes.push(
      `${counted(odd, 'row')} of ${file.name} had no count and ${odd === 1 ? 'was' : 'were'} left out.`,
    );
  if (cut) notes.push(`The last row of ${file.name} is cut off and was left out.`);
  if (all.total === null && requests.length > 0)
    notes.push(`${file.name} has no row ${aggregated}; what it would say was added up from the others.`);
  return { requests, total: all.total, absent: absentPercentiles(percentiles), notes };
}
