/** What should be known of a run before its difference to another one is believed. */
import type { RunRow } from '#contract/run';
import { sourceNames } from '../reports/importedFrom.ts';
import type { RunEvidence } from './evidence.ts';

/** Durations and calls that differ by more than this share are worth a remark. */
const alike = 0.1;

function differ(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return false;
  return Math.abs(a - b) > alike * Math.max(Math.abs(a), Math.abs(b));
}

/** Why nothing can be said about a run; null: its numbers can be believed. */
export function distrustOf({ row }: RunEvidence): string | null {
  if (row.state === 'running' || row.state === 'stopping') return 'goes on';
  if (row.state === 'cut_off') return 'was cut off';
  return row.trusted === false ? 'is not trusted' : null;
}

function ownRemarks(run: RunEvidence): string[] {
  const { row, distributions } = run;
  const remarks: string[] = [];
  const distrust = distrustOf(run);
  const reasons = row.trusted === false ? (run.summary?.untrusted_reasons ?? []) : [];
  if (distrust !== null)
    remarks.push(`It ${distrust}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}.`);
  if (row.ended === 'stopped' || row.ended === 'aborted' || row.ended === 'threshold')
    remarks.push(row.ended === 'threshold' ? 'A threshold ended it early.' : `It was ${row.ended} early.`);
  if (row.source !== 'crosstalk' || run.missing.length > 0)
    remarks.push(`Imported from ${sourceNames[row.source]}.`, ...run.missing);
  const requests = run.summary?.requests ?? [];
  if (
    [...distributions.values()].some(({ from }) => from === 'summary') ||
    requests.some(({ name }) => row.source !== 'crosstalk' || !(`request|step=${name}` in run.histograms))
  )
    remarks.push('Only some percentiles of it are known: its intervals are approximate.');
  if (requests.some(({ coarse }) => coarse))
    remarks.push('Percentiles of its requests are rounded to two digits.');
  return remarks;
}

const times = (ms: number | null) => (ms === null ? 'unknown' : `${Math.round(ms / 1000)} s`);

function changed(what: string, from: string | number, to: string | number): string {
  return `${what}: ${to}, the baseline's ${from}.`;
}

function betweenRows(from: RunRow, to: RunRow): string[] {
  const remarks: string[] = [];
  if (to.scenario !== from.scenario) remarks.push(changed('Another scenario', from.scenario, to.scenario));
  if (to.environment !== from.environment)
    remarks.push(changed('Another environment', from.environment, to.environment));
  // A summary alone does not say how many there were.
  if (from.peakCalls > 0 && to.peakCalls > 0 && differ(from.peakCalls, to.peakCalls))
    remarks.push(changed('Another load (most calls at once)', from.peakCalls, to.peakCalls));
  if (differ(from.durationMs, to.durationMs))
    remarks.push(changed('Another duration', times(from.durationMs), times(to.durationMs)));
  return remarks;
}

/** The remarks of one run; `baseline` is null where it is the baseline itself. */
export function remarksOf(run: RunEvidence, baseline: RunEvidence | null): string[] {
  const remarks = ownRemarks(run);
  if (baseline === null) return remarks;
  remarks.push(...betweenRows(baseline.row, run.row));
  const [from, to] = [baseline.summary, run.summary];
  if (from !== null && to !== null && baseline.row.source === run.row.source) {
    if (from.seed !== to.seed) remarks.push(changed('Another seed', from.seed, to.seed));
    if (from.engine.workers !== to.engine.workers)
      remarks.push(changed('Another number of engine threads', from.engine.workers, to.engine.workers));
    const [before, after] = [from.load?.executors.join(', '), to.load?.executors.join(', ')];
    if (before !== undefined && after !== undefined && before !== after)
      remarks.push(changed('Another kind of load', before, after));
  }
  if (baseline.host !== null && run.host !== null && baseline.host !== run.host)
    remarks.push(changed('Ran on another machine', baseline.host, run.host));
  return remarks;
}
