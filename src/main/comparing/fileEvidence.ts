/** A run that is compared with out of a file: a summary (`--summary`), the full JSON of a run, or its archive. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { fail, ok, type Result } from '#contract/errors';
import {
  archivedHistograms,
  archivedRun,
  exportFormat,
  ExportedHistograms,
  exportVersion,
} from '#contract/exported';
import { RunDetail, RunSummary, type RunRow } from '#contract/run';
import { diskReason } from '../diskReason.ts';
import { distributionsOf, type RunEvidence } from './evidence.ts';

/** Of an export, what a comparison needs; the histograms of an archive are a file of their own. */
const Exported = z.object({
  format: z.literal(exportFormat),
  version: z.literal(exportVersion),
  detail: RunDetail,
  histograms: ExportedHistograms.default({}),
});

/** An archive holds every turn; more than this is no run. */
const mostBytes = 2_000_000_000;
/** Of a file without its zip: the full JSON of a long run has some ten thousand seconds in it. */
const mostUnpacked = 500_000_000;

function unreadable<T>(path: string, why: string): Result<T> {
  return fail(
    'invalid_input',
    'no_baseline_file',
    `${path} is no run to compare with: ${why}. Give a summary (--summary), the full JSON of a run or its archive.`,
  );
}

/** A run's evidence from what an export or an archive says of it. */
function exported({ detail, histograms }: z.infer<typeof Exported>): RunEvidence {
  const { row, summary, scenarioYaml, environmentYaml, origin, imported } = detail;
  return {
    row,
    summary,
    scenarioYaml,
    environmentYaml,
    host: imported === null ? origin.host : null,
    missing: imported?.missing ?? [],
    histograms,
    distributions: distributionsOf({ summary, histograms, values: new Map() }),
  };
}

/** The row of a list that a summary alone makes. */
function rowOf(summary: RunSummary, name: string): RunRow {
  const errors = Object.values(summary.counts.errors).reduce((sum, n) => sum + n, 0);
  return {
    id: summary.run_id,
    name,
    scenario: summary.scenario,
    environment: summary.environment,
    state: 'finished',
    startedAt: summary.started_at,
    durationMs: summary.duration_s * 1000,
    plannedMs: summary.duration_s * 1000,
    peakCalls: 0,
    verdict: summary.verdict,
    trusted: summary.trusted,
    ended: summary.ended,
    ttfaP50: summary.metrics.ttfa.p50,
    ttfaP95: summary.metrics.ttfa.p95,
    bargeInP95: summary.metrics.barge_in.p95,
    turnSuccess: summary.rates.turn_success,
    requestP95: summary.metrics.request.p95,
    requestSuccess: summary.rates.request_success,
    requestsPerSecond: summary.requests_per_second,
    errors,
    tags: [],
    ttfaTrend: [],
    requestTrend: [],
    starred: false,
    noted: false,
    source: 'crosstalk',
    isBaseline: false,
    delta: null,
  };
}

/** A run's evidence from its summary, and from its final histograms where they are there. */
export function summarisedEvidence(
  summary: RunSummary,
  more: { name: string; histograms?: Record<string, string> } & Partial<
    Pick<RunEvidence, 'scenarioYaml' | 'environmentYaml' | 'host'>
  >,
): RunEvidence {
  const { name, histograms = {}, scenarioYaml = null, environmentYaml = null, host = null } = more;
  return {
    row: rowOf(summary, name),
    summary,
    scenarioYaml,
    environmentYaml,
    host,
    missing: [],
    histograms,
    distributions: distributionsOf({ summary, histograms, values: new Map() }),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromArchive(path: string, bytes: Uint8Array): Result<RunEvidence> {
  const wanted: string[] = [archivedRun, archivedHistograms];
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => wanted.includes(name) && originalSize <= mostUnpacked,
    });
  } catch {
    return unreadable(path, 'the zip is damaged');
  }
  const text = (name: string) => new TextDecoder().decode(files[name] ?? new Uint8Array());
  const run = z.looseObject({}).safeParse(parsedJson(text(archivedRun)));
  const histograms = ExportedHistograms.safeParse(parsedJson(text(archivedHistograms)));
  if (!run.success || !histograms.success) return unreadable(path, 'the zip is no archive of Crosstalk');
  const parsed = Exported.safeParse({ ...run.data, histograms: histograms.data });
  return parsed.success ? ok(exported(parsed.data)) : unreadable(path, 'its version is another one');
}

function fromJson(path: string, text: string): Result<RunEvidence> {
  const data = parsedJson(text);
  if (data === undefined) return unreadable(path, 'it is not JSON');
  const full = Exported.safeParse(data);
  if (full.success) return ok(exported(full.data));
  const summary = RunSummary.safeParse(data);
  if (summary.success) return ok(summarisedEvidence(summary.data, { name: basename(path) }));
  return unreadable(path, 'it is neither a summary nor an export of Crosstalk');
}

/** Reads a file that holds a run; fails with why it does not. */
export async function evidenceFromFile(path: string): Promise<Result<RunEvidence>> {
  try {
    const { size } = await stat(path);
    const bytes = size > mostBytes ? null : await readFile(path);
    if (bytes === null) return unreadable(path, `it is larger than ${mostBytes / 1e9} GB`);
    const zip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    if (!zip && size > mostUnpacked) return unreadable(path, `it is larger than ${mostUnpacked / 1e6} MB`);
    return zip ? fromArchive(path, bytes) : fromJson(path, bytes.toString('utf8'));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    if (code === 'ENOENT') return unreadable(path, 'there is no such file');
    if (code === 'EISDIR') return unreadable(path, 'it is a folder');
    return unreadable(path, `it cannot be read: ${diskReason(thrown)}`);
  }
}
