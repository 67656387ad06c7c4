/** Locust's CSV files of one run, whichever of the four there are. */
import { Progress, problem, type Reading, type ResultFile } from '../files.ts';
import type { FailureGroup, ForeignRun, ReadRequest } from '../foreign.ts';
import { firedByPack, voiceType } from '../voice.ts';
import { counted, listed } from '../words.ts';
import { readExceptions, readFailures } from './failures.ts';
import { readHistory } from './history.ts';
import { aggregated, readStats } from './stats.ts';

export interface LocustFiles {
  /** What the run is called: the files' common prefix. */
  name: string;
  stats?: ResultFile;
  history?: ResultFile;
  failures?: ResultFile;
  exceptions?: ResultFile;
}

/** The rule of Locust's own exit code. */
export const failedRequests = (failures: number, of: number) =>
  `${counted(failures, 'request')} of ${of.toLocaleString('en')} failed (Locust has no thresholds: a run with a failed request fails, as its exit code says)`;

const sameNames = (names: readonly string[]) =>
  `Requests named ${listed(names)} are not of the type “${voiceType}”, so they are kept as requests and not taken for Crosstalk’s metrics of that name.`;

/** Reads what there is and says what is not. */
export async function readLocustCsv(files: LocustFiles, reading: Reading): Promise<ForeignRun> {
  const all = [files.stats, files.history, files.failures, files.exceptions].filter(
    (file) => file !== undefined,
  );
  const progress = new Progress(all, reading.onProgress);
  const stats = files.stats === undefined ? null : await readStats(files.stats, reading, progress);
  const history = files.history === undefined ? null : await readHistory(files.history, reading, progress);
  const failures =
    files.failures === undefined ? null : await readFailures(files.failures, reading, progress);
  const exceptions =
    files.exceptions === undefined ? null : await readExceptions(files.exceptions, reading, progress);
  const requests = stats?.requests ?? [];
  const groups = [...(failures?.groups ?? []), ...(exceptions?.groups ?? [])];
  if (requests.length === 0 && (history?.moments.length ?? 0) === 0 && groups.length === 0)
    throw problem(
      'empty_results',
      `${listed(all.map(({ name }) => name))} ${all.length === 1 ? 'has' : 'have'} the columns of Locust but not one row; nothing was measured.`,
    );
  const failed = requests.reduce((sum, request) => sum + request.failures, 0);
  const count = requests.reduce((sum, request) => sum + request.count, 0);
  const voice = requests.filter(({ type, name }) => type === voiceType && firedByPack(name));
  const notes = [stats, history, failures, exceptions].flatMap((part) => part?.notes ?? []);
  const alike = requests
    .filter(({ type, name }) => type !== voiceType && firedByPack(name))
    .map(({ name }) => name);
  if (alike.length > 0) notes.push(sameNames(alike));
  if (count > 0) notes.push('Locust’s CSV files may lie a second behind what its console says at the end.');
  const inHistory = history?.moments.reduce((sum, { errors }) => sum + (errors.failed_request ?? 0), 0) ?? 0;
  const total = failed > 0 ? failed : inHistory;
  const duration = durationOf(files, history, stats);
  return {
    kind: 'locust_csv',
    source: 'locust',
    name: files.name,
    environment: 'Locust',
    startedMs: history?.first == null ? null : history.first * 1000,
    durationS: duration,
    requests,
    failures: withUnknown(groups, failures === null ? total : 0),
    moments: history?.moments ?? [],
    series: history?.series ?? [],
    thresholds: [],
    failed: reasons(total, count, failures?.groups ?? [], exceptions?.groups ?? []),
    voice,
    missing: missingOf(files, { stats, history, requests, voice, duration }),
    notes,
  };
}

function durationOf(
  files: LocustFiles,
  history: { first: number | null; last: number | null } | null,
  stats: { total: { count: number; perSecond: number | null } | null } | null,
): number {
  const { first = null, last = null } = history ?? {};
  if (first !== null && last !== null) return last - first;
  const { count, perSecond } = stats?.total ?? { count: 0, perSecond: null };
  return files.stats !== undefined && perSecond !== null && perSecond > 0 ? count / perSecond : 0;
}

/** Failures that no file says anything about. */
function withUnknown(groups: readonly FailureGroup[], count: number): FailureGroup[] {
  if (count === 0) return [...groups];
  const message = 'A request failed; the file with the reasons (_failures.csv) was not among those chosen.';
  return [...groups, { kind: 'failed_request', message, count, firstMs: null, lastMs: null }];
}

function reasons(
  failed: number,
  count: number,
  failures: readonly FailureGroup[],
  exceptions: readonly FailureGroup[],
): string[] {
  const found: string[] = [];
  const named = failures.reduce((sum, group) => sum + group.count, 0);
  if (failed > 0 && count > 0) found.push(failedRequests(failed, count));
  else if (Math.max(failed, named) > 0)
    found.push(
      `${counted(Math.max(failed, named), 'request')} failed (Locust has no thresholds: a run with a failed request fails, as its exit code says)`,
    );
  const raised = exceptions.reduce((sum, group) => sum + group.count, 0);
  if (raised > 0)
    found.push(
      `the test itself raised ${counted(raised, 'exception')} (Locust’s exit code says failed then)`,
    );
  return found;
}

interface Known {
  stats: { absent: number[] } | null;
  history: { full: boolean } | null;
  requests: readonly ReadRequest[];
  voice: readonly ReadRequest[];
  duration: number;
}

function missingOf(files: LocustFiles, { stats, history, requests, voice, duration }: Known): string[] {
  const missing: string[] = [];
  if (stats !== null) {
    missing.push(
      'Locust’s CSV files hold no single requests or turns: percentiles are Locust’s own, rounded to two digits, and their spread is not known.',
    );
    if (stats.absent.length > 0)
      missing.push(
        `The percentiles ${listed(stats.absent.map((p) => `${p} %`))} were not asked for in the locustfile; they are left empty.`,
      );
  } else {
    missing.push(
      'How long requests took over the whole run is in the file that ends with _stats.csv, which was not among those chosen.',
    );
  }
  if (history === null)
    missing.push(
      `The course of the run (users, rates, percentiles over time) is in the file that ends with _stats_history.csv, which was not among those chosen.${duration > 0 ? ' How long it took is worked out from the number of requests and their rate.' : ''}`,
    );
  else if (history.full)
    missing.push('Percentiles over time are of the 10 s before each second, as Locust keeps them.');
  else
    missing.push(
      `Percentiles over time are of everything since the start, and there are none by request: the run was made without --csv-full-history, so only ${aggregated} has a course.`,
    );
  if (files.failures === undefined)
    missing.push(
      'Why requests failed is in the file that ends with _failures.csv, which was not among those chosen.',
    );
  else
    missing.push(
      'When a single error happened is not in these files; errors stand at the end of the run, or where they were first and last seen if that is known.',
    );
  if (files.exceptions === undefined)
    missing.push(
      'Errors of the test itself are in the file that ends with _exceptions.csv, which was not among those chosen.',
    );
  if (requests.length > 0 && voice.length === 0)
    missing.push(
      'There are no calls and turns: none of the requests is fired by a pack of Crosstalk, so ttfa, barge-in and the other metrics are empty.',
    );
  if (!voice.some(({ name }) => name === 'frame_lateness'))
    missing.push('Whether the load generators kept up is not in these files.');
  return missing;
}
