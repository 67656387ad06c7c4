/** JTL: one row for each request, as JMeter writes it and Azure Load Testing gives it out for every engine. */
import { readCsv } from '../csv.ts';
import { problem, Progress, type Reading, type ResultFile } from '../files.ts';
import type { ForeignRun, ReadRequest } from '../foreign.ts';
import { courseWords, RequestTally } from '../requestTally.ts';
import { firedByPack } from '../voice.ts';
import { counted, countIn, errorWord, listed, msIn, numberIn, shown } from '../words.ts';

const believable = { from: Date.UTC(2000, 0), to: Date.UTC(2100, 0) };

/** Columns without which a row says nothing. */
export const jtlColumns = ['timeStamp', 'elapsed', 'label'] as const;

interface Odd {
  rows: number;
  cut: string[];
}

/** Why a request failed: the word it is counted by, and what the file says. */
function failureOf(
  label: string,
  code: string,
  message: string,
  why: string,
): { kind: string; message: string } {
  const http = /^[1-5]\d\d$/.test(code) ? `http_${code}` : null;
  const exception = /^Non HTTP response code: (\S+)/.exec(code)?.[1]?.split('.').at(-1);
  const said = [why, message].find((text) => text !== '') ?? '';
  const word =
    http !== null && !code.startsWith('2') ? http : (exception ?? errorWord(said === '' ? code : said));
  const text = [code, said].filter((part) => part !== '').join(' ');
  return {
    kind: `${label}: ${word}`.slice(0, 200),
    message: shown(`${label}: ${text === '' ? 'failed' : text}`),
  };
}

/** Reads the files of all engines together, each for itself: they overlap in time. */
export async function readJtl(
  files: readonly ResultFile[],
  from: { kind: 'azure_zip' | 'jtl_csv'; name: string },
  reading: Reading,
): Promise<ForeignRun> {
  const progress = new Progress(files, reading.onProgress);
  const tally = new RequestTally();
  const odd: Odd = { rows: 0, cut: [] };
  const seen = { threads: false, latency: false };
  for (const file of files) await readEngine(file, reading, progress, tally, odd, seen);
  const { startMs, endMs, requests, failures, moments, series, notes, span } = tally.outcome(seen.threads);
  if (requests.length === 0)
    throw problem(
      'empty_results',
      `${listed(files.map(({ name }) => name))} ${files.length === 1 ? 'has' : 'have'} the columns of a JTL file but not one request.`,
    );
  const failed = requests.reduce((sum, request) => sum + request.failures, 0);
  const count = requests.reduce((sum, request) => sum + request.count, 0);
  const voice = voiceOf(requests);
  if (odd.rows > 0)
    notes.push(
      `${counted(odd.rows, 'row')} had no time or duration that can be and ${odd.rows === 1 ? 'was' : 'were'} left out.`,
    );
  if (odd.cut.length > 0) notes.push(`The last row of ${listed(odd.cut)} is cut off and was left out.`);
  if (files.length > 1)
    notes.push(`Results of ${files.length} engines were put together; their users are added up.`);
  if (voice.length > 0)
    notes.push(
      'The labels are those of a pack of Crosstalk: they are taken for its metrics of the same name.',
    );
  return {
    kind: from.kind,
    source: 'azure',
    name: from.name,
    environment: from.kind === 'azure_zip' ? 'Azure Load Testing' : 'JMeter',
    startedMs: startMs,
    durationS: startMs === null || endMs === null ? 0 : (endMs - startMs) / 1000,
    requests,
    failures,
    moments,
    series,
    thresholds: [],
    failed:
      failed === 0
        ? []
        : [
            `${counted(failed, 'request')} of ${count.toLocaleString('en')} failed (the failure criteria are not in these files: any failed request fails the run)`,
          ],
    voice,
    missing: [
      'The failure criteria of the test, and whether they were met, are not in these files.',
      ...(voice.length === 0
        ? [
            'There are no calls and turns: the requests are not those of a pack of Crosstalk, so ttfa, barge-in and the other metrics are empty.',
          ]
        : [
            'Turns are requests of their own here, one for each metric: which of them belong to one call is not known.',
          ]),
      ...(seen.threads ? [] : ['How many users there were is not in these files.']),
      ...(voice.some(({ name }) => name === 'frame_lateness')
        ? []
        : ['Whether the load generators kept up is not in these files.']),
    ],
    notes: [...notes, courseWords(span)],
  };
}

/** A pack always fires both; other tests have labels like `connect` too. */
function voiceOf(requests: readonly ReadRequest[]): ReadRequest[] {
  const has = (name: string) => requests.some((request) => request.name === name);
  return has('ttfa') && has('connect') ? requests.filter(({ name }) => firedByPack(name)) : [];
}

async function readEngine(
  file: ResultFile,
  reading: Reading,
  progress: Progress,
  tally: RequestTally,
  odd: Odd,
  seen: { threads: boolean },
): Promise<void> {
  const { cut, columns } = await readCsv(file, reading, progress, (row, cells) => {
    const startMs = numberIn(row('timeStamp'));
    const elapsed = msIn(row('elapsed'));
    const label = row('label');
    // A header in the middle: files that were put behind one another.
    if (cells[0] === 'timeStamp') return;
    if (
      startMs === null ||
      elapsed === null ||
      label === undefined ||
      startMs < believable.from ||
      startMs > believable.to
    ) {
      odd.rows++;
      return;
    }
    const failed = (row('success') ?? 'true').trim().toLowerCase() === 'false';
    tally.add({ type: '', name: label, startMs, elapsed, failed });
    const threads = countIn(row('allThreads'));
    if (threads !== null) {
      seen.threads = true;
      tally.timeline.level(file.path, startMs + elapsed, threads);
    }
    if (failed) {
      const { kind, message } = failureOf(
        shown(label, 150),
        (row('responseCode') ?? '').trim(),
        shown(row('responseMessage') ?? '', 500),
        shown(row('failureMessage') ?? '', 500),
      );
      tally.failure(kind, message, startMs + elapsed);
    }
  });
  if (cut) odd.cut.push(file.name);
  const lacking = jtlColumns.filter((column) => !columns.includes(column));
  if (lacking.length > 0)
    throw problem(
      'unknown_results',
      `${file.name} has no column ${listed(lacking)}; the results of Azure Load Testing and JMeter are CSV files with timeStamp, elapsed and label.`,
    );
}
