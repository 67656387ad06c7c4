/** Exports of Crosstalk itself: the full JSON, and the archive with every record. */
import { z } from 'zod';
import type { ErrorGroup } from '#contract/api/runs';
import {
  archivedHistograms,
  archivedRecords,
  archivedRun,
  ArchivedRun,
  ExportedHistograms,
  ExportedRun,
  type ExportedRequests,
  exportFormat,
  exportVersion,
} from '#contract/exported';
import { KeptRequest, RequestRecord } from '#contract/requests';
import { RunSeries } from '#contract/series';
import { CallRecord, ErrorRecord, Sample, TurnRecord, type RunDetail } from '#contract/run';
import type { RunBatch } from '#engine/run';
import type { ImportedRecord } from '../../history/records.ts';
import { problem, Progress, textOf, wholeJson, type Reading, type ResultFile } from '../files.ts';
import type { ImportNaming, MadeRecord, RecordContext } from '../record.ts';
import { counted } from '../words.ts';
import { Lines } from './lines.ts';
import { columnsOfRecords } from './requestColumns.ts';

/** A full JSON has no single turns; more than this is something else. */
const largestJson = 400_000_000;
const largestPart = 200_000_000;

/** Parses what says of itself that it is an export; tells a newer one from a damaged one. */
function parseExport<T>(schema: z.ZodType<T>, text: string, file: ResultFile): T {
  const content = wholeJson(text, file, 'Export the run again.');
  const head = z.object({ format: z.literal(exportFormat), version: z.number() }).safeParse(content);
  if (head.success && head.data.version > exportVersion)
    throw problem(
      'newer_export',
      `${file.name} was written by a newer Crosstalk (version ${head.data.version} of the format, this one reads ${exportVersion}); update this one to import it.`,
    );
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw problem(
    'unknown_results',
    `${file.name} is not a run that Crosstalk exported: ${issue?.path.join('.') || 'its content'} is not what it should be (${issue?.message ?? 'unknown'}).`,
  );
}

interface Rest {
  batches: ImportedRecord['batches'];
  histograms: Record<string, string>;
  series: readonly RunSeries[];
  requests: ExportedRequests | undefined;
  missing: string[];
  notes: string[];
}

function recordFrom(detail: RunDetail, rest: Rest, naming: ImportNaming, context: RecordContext): MadeRecord {
  const { row, clock, seed, origin, scenarioYaml, environmentYaml, applied, summary } = detail;
  const scenario = naming.scenario ?? row.scenario;
  const environment = naming.environment ?? row.environment;
  const started = Date.parse(row.startedAt);
  const missing = [...(detail.imported?.missing ?? []), ...rest.missing];
  return {
    record: {
      run: {
        id: row.id,
        name: naming.name ?? row.name,
        scenario,
        environment,
        startedAt: Number.isFinite(started) ? started : context.now.getTime(),
        plannedMs: row.plannedMs,
        seed,
        clock,
        origin,
        scenarioYaml,
        environmentYaml,
        applied,
        tags: row.tags,
        ...(rest.requests === undefined
          ? {}
          : { steps: rest.requests.steps, periods: rest.requests.periods }),
      },
      imported: {
        source: detail.imported?.source ?? row.source,
        files: [...context.files],
        importedAt: context.now.toISOString(),
        missing: [...new Set(missing)],
      },
      note: detail.note,
      markers: detail.markers.map(({ t, text, kind }) => ({ t, text, kind })),
      series: rest.series,
      notices: [...detail.notices, ...rest.notes],
      batches: rest.batches,
      summary: summary === null ? null : { ...summary, scenario, environment },
      durationMs: row.durationMs ?? 0,
      histograms: rest.histograms,
      ...(rest.requests === undefined ? {} : { requests: rest.requests.breakdowns }),
    },
    notes: rest.notes,
  };
}

const withoutEnd = (detail: RunDetail) =>
  detail.summary === null
    ? ['The run had no end when it was exported: what was written until then is kept, without a verdict.']
    : [];

/** The full JSON. */
export async function readExportedJson(
  file: ResultFile,
  naming: ImportNaming,
  context: RecordContext,
  reading: Reading,
): Promise<MadeRecord> {
  const text = await textOf(file, reading, new Progress([file], reading.onProgress), largestJson);
  const exported = parseExport(ExportedRun, text, file);
  const errors = exported.errors.flatMap(recordsOf).sort((a, b) => a.at - b.at);
  const all = exported.errors.reduce((sum, { count }) => sum + count, 0);
  return recordFrom(
    exported.detail,
    {
      batches: batchesOf(exported.samples, errors),
      histograms: exported.histograms,
      series: exported.series,
      requests: exported.requests,
      missing: [
        'The full JSON holds no single turns, calls and messages: percentiles come from its histograms; the archive has them.',
        'Single errors are not in it: only how many there were of each kind, when first and last, and an example.',
      ],
      notes: [
        ...withoutEnd(exported.detail),
        ...(errors.length < all
          ? [
              `${counted(all, 'error')} are counted; ${counted(errors.length, 'of them is', 'of them are')} listed one by one.`,
            ]
          : []),
      ],
    },
    naming,
    context,
  );
}

const mostErrorsOfAKind = 1000;

/** As many errors as were counted, at the first and the last moment that is known. */
function recordsOf(group: z.infer<typeof ErrorGroup>): ErrorRecord[] {
  return Array.from({ length: Math.min(group.count, mostErrorsOfAKind) }, (_, index) => ({
    at: index === 0 ? group.firstAt : group.lastAt,
    kind: group.kind,
    message: group.example,
    callId: index === 0 ? group.exampleCall : null,
    turn: index === 0 ? group.exampleTurn : null,
    vu: null,
  }));
}

function* batchesOf(samples: readonly Sample[], errors: readonly ErrorRecord[]): Generator<RunBatch> {
  let next = 0;
  for (const [index, sample] of samples.entries()) {
    const from = next;
    const isLast = index === samples.length - 1;
    while (next < errors.length && (isLast || (errors[next]?.at ?? 0) <= sample.at)) next++;
    yield { sample, turns: [], calls: [], errors: errors.slice(from, next), requests: [], kept: [] };
  }
}

/** The archive: its files, unpacked, by the name they have in it. */
export async function readArchive(
  files: ReadonlyMap<string, ResultFile>,
  archive: ResultFile,
  naming: ImportNaming,
  context: RecordContext,
  reading: Reading,
): Promise<MadeRecord> {
  const lacking = (name: string) =>
    problem(
      'unreadable_zip',
      `${archive.name} has no ${name}; it is not a whole archive of Crosstalk. Export the run again.`,
    );
  const head = files.get(archivedRun);
  if (head === undefined) throw lacking(archivedRun);
  const run = parseExport(ArchivedRun, await textOf(head, reading, null, largestPart), head);
  const histograms = files.get(archivedHistograms);
  const notes = withoutEnd(run.detail);
  const of = (kind: keyof typeof archivedRecords) => {
    const file = files.get(archivedRecords[kind]);
    if (file === undefined && run.contains[kind] > 0) throw lacking(archivedRecords[kind]);
    return file;
  };
  const progress = new Progress(
    (['samples', 'turns', 'calls', 'errors', 'requests', 'kept'] as const).flatMap((kind) => of(kind) ?? []),
    reading.onProgress,
  );
  const lines = <T>(kind: keyof typeof archivedRecords, schema: z.ZodType<T>) =>
    new Lines(of(kind) ?? null, schema, reading, progress);
  const series = await lines('series', RunSeries).all();
  const streams = {
    samples: lines('samples', Sample),
    turns: lines('turns', TurnRecord),
    calls: lines('calls', CallRecord),
    errors: lines('errors', ErrorRecord),
    requests: lines('requests', RequestRecord),
    kept: lines('kept', KeptRequest),
  };
  const record = recordFrom(
    run.detail,
    {
      batches: archivedBatches(streams),
      histograms:
        histograms === undefined
          ? {}
          : histogramsIn(await textOf(histograms, reading, null, largestPart), archive),
      series,
      requests: run.requests,
      missing: ['Recordings of calls are not in an archive.'],
      notes,
    },
    naming,
    context,
  );
  const odd = await damagedLines(files, run, reading);
  record.notes.push(...odd);
  return { ...record, record: { ...record.record, notices: [...record.record.notices, ...odd] } };
}

function histogramsIn(text: string, archive: ResultFile): Record<string, string> {
  try {
    return ExportedHistograms.parse(JSON.parse(text));
  } catch {
    throw problem(
      'unreadable_zip',
      `${archive.name} has a ${archivedHistograms} that is damaged; export the run again.`,
    );
  }
}

/** Lines that are not there: the archive says how many there should be. */
async function damagedLines(
  files: ReadonlyMap<string, ResultFile>,
  run: z.infer<typeof ArchivedRun>,
  reading: Reading,
): Promise<string[]> {
  const notes: string[] = [];
  for (const kind of ['samples', 'turns', 'calls', 'errors', 'series', 'requests', 'kept'] as const) {
    const file = files.get(archivedRecords[kind]);
    const lines = file === undefined ? 0 : await new Lines(file, z.unknown(), reading, null).count();
    const expected = run.contains[kind];
    if (lines < expected)
      notes.push(
        `${archivedRecords[kind]} has ${counted(lines, 'line')} of ${expected.toLocaleString('en')}; the others are lost.`,
      );
  }
  return notes;
}

const endOf = ({ intendedAt, request }: RequestRecord) => intendedAt + (request ?? 0);

/** Records beside the second they belong to; what is left comes with the last one. */
async function* archivedBatches(streams: {
  samples: Lines<Sample>;
  turns: Lines<TurnRecord>;
  calls: Lines<CallRecord>;
  errors: Lines<ErrorRecord>;
  requests: Lines<RequestRecord>;
  kept: Lines<KeptRequest>;
}): AsyncGenerator<RunBatch> {
  const { samples, turns, calls, errors, requests, kept } = streams;
  for (let sample = await samples.next(); sample !== null;) {
    const following = await samples.next();
    const until = following === null ? Number.POSITIVE_INFINITY : sample.at;
    yield {
      sample,
      turns: await turns.while((turn) => turn.startedAt <= until),
      calls: await calls.while((call) => call.startedAt <= until),
      errors: await errors.while((error) => error.at <= until),
      requests: columnsOfRecords(await requests.while((one) => endOf(one) <= until)),
      kept: following === null ? await kept.all() : [],
    };
    sample = following;
  }
}
