/** What a file is, by what is in it: its name says nothing. */
import { createGunzip } from 'node:zlib';
import { exportFormat } from '#contract/exported';
import { firstBytes, isGzip, textOf, type Reading, type ResultFile } from './files.ts';
import { jtlColumns } from './jtl/read.ts';
import { isK6Line } from './k6/ndjson.ts';
import { isSummary } from './k6/shapes.ts';
import { largestSummary } from './k6/summary.ts';

export const forms = [
  'locust_stats',
  'locust_history',
  'locust_failures',
  'locust_exceptions',
  'locust_json',
  'jtl',
  'k6_summary',
  'k6_ndjson',
  'crosstalk_json',
  'zip',
] as const;
export type Form = (typeof forms)[number];

export const formNames: Record<Form, string> = {
  locust_stats: 'Locust: statistics',
  locust_history: 'Locust: statistics over time',
  locust_failures: 'Locust: failures',
  locust_exceptions: 'Locust: exceptions',
  locust_json: 'Locust: --json',
  jtl: 'JTL: one row a request',
  k6_summary: 'k6: summary',
  k6_ndjson: 'k6: --out json',
  crosstalk_json: 'Crosstalk: full JSON',
  zip: 'a zip archive',
};

/** What it is, or why it is nothing that is understood: what was found and, where that helps, what to take instead. */
export type Recognised = { form: Form } | { form: null; what: string };

const headBytes = 128 * 1024;
/** Text has no zero bytes here; further on a CSV file of Locust may have a hole of them. */
const textBytes = 256;

async function headOf(file: ResultFile): Promise<{ bytes: Buffer; packed: boolean }> {
  const bytes = await firstBytes(file.path, headBytes);
  return isGzip(bytes) ? { bytes: await unpackedHead(bytes), packed: true } : { bytes, packed: false };
}

/** What the beginning of a gzip file unpacks to; it is cut off, so its end is no error. */
function unpackedHead(packed: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const gunzip = createGunzip();
    const parts: Buffer[] = [];
    let size = 0;
    const done = () => {
      gunzip.destroy();
      resolve(Buffer.concat(parts));
    };
    gunzip.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size >= headBytes) done();
    });
    gunzip.on('error', done);
    gunzip.on('end', done);
    gunzip.end(packed);
  });
}

const nothing = (what: string): Recognised => ({ form: null, what });

/** Looks at a file. Whether all of it can be read shows when it is. */
export async function recognise(file: ResultFile, reading: Reading): Promise<Recognised> {
  if (file.bytes === 0) return nothing('an empty file');
  const { bytes, packed } = await headOf(file);
  if (bytes.length === 0) return nothing('a gzip file that is damaged');
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return { form: 'zip' };
  if (packed && bytes.subarray(257, 262).toString('latin1') === 'ustar')
    return nothing('a tar archive; unpack it and choose the files themselves');
  if (bytes.subarray(0, textBytes).includes(0)) return nothing(binaryWords(bytes));
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '') return nothing('an empty file');
  if (text.startsWith('{') || text.startsWith('[')) return recogniseJson(text, file, reading);
  if (text.startsWith('<'))
    return nothing(
      'a web page or XML; of Locust and k6 take the CSV or JSON files instead, of JMeter the CSV',
    );
  return recogniseCsv(text);
}

function binaryWords(bytes: Buffer): string {
  if (bytes[0] === 0xff || bytes[0] === 0xfe) return 'text in UTF-16; save it as UTF-8';
  if (bytes.subarray(0, 15).toString('latin1') === 'SQLite format 3')
    return 'a database; export runs from the Crosstalk that wrote it';
  return 'a binary file of another kind';
}

async function recogniseJson(text: string, file: ResultFile, reading: Reading): Promise<Recognised> {
  const firstLine = text.slice(0, !text.includes('\n') ? undefined : text.indexOf('\n'));
  if (isK6Line(firstLine)) return { form: 'k6_ndjson' };
  if (text.startsWith('[')) {
    if (/^\[\s*\{/.test(text) && text.includes('"num_requests"')) return { form: 'locust_json' };
    return nothing(/^\[\s*\]\s*$/.test(text) ? 'an empty list' : 'JSON of something else');
  }
  if (text.replaceAll(/\s/g, '').includes(`"format":"${exportFormat}"`)) return { form: 'crosstalk_json' };
  if (/"stats"\s*:|"fail_ratio"|"current_response_time_percentile/.test(text) && /"errors"\s*:/.test(text))
    return nothing('what Locust’s web page asks for; take the CSV files (Download Data) or --json instead');
  if (/^\{\s*"exceptions"\s*:/.test(text))
    return nothing('exceptions of Locust’s web page; take the CSV files instead');
  if (/"schema"\s*:\s*1\b/.test(text) && /"run_id"\s*:/.test(text))
    return nothing(
      'a summary of Crosstalk (--summary), without its course; take the full JSON or the archive instead',
    );
  if (file.bytes > largestSummary) return nothing('JSON of something else');
  const content = await textOf(file, reading, null, largestSummary)
    .then((whole): unknown => JSON.parse(whole))
    .catch(() => undefined);
  if (content === undefined) return nothing('JSON that is cut off or damaged');
  return isSummary(content) ? { form: 'k6_summary' } : nothing('JSON of something else');
}

const columnsOf: { form: Form; columns: readonly string[] }[] = [
  { form: 'locust_history', columns: ['Timestamp', 'User Count', 'Type', 'Name'] },
  { form: 'locust_stats', columns: ['Type', 'Name', 'Request Count', 'Failure Count'] },
  { form: 'locust_failures', columns: ['Method', 'Name', 'Error', 'Occurrences'] },
  { form: 'locust_exceptions', columns: ['Count', 'Message', 'Traceback'] },
  { form: 'jtl', columns: jtlColumns },
];

function recogniseCsv(text: string): Recognised {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  const columns = line.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  const found = columnsOf.find(({ columns: needed }) => needed.every((name) => columns.includes(name)));
  if (found !== undefined) return { form: found.form };
  if (columns.includes('metric_name') && columns.includes('metric_value'))
    return nothing('CSV of k6 (--out csv); take --out json or a summary instead');
  if (columns.includes('call_id') && columns.includes('turn'))
    return nothing('turns of Crosstalk (--turns); take the full JSON or the archive instead');
  if (line.split(';').length > 3 || line.split('\t').length > 3)
    return nothing('a table that is not separated by commas; take the file as the tool wrote it');
  if (columns.length > 2)
    return nothing(`CSV with the columns ${columns.slice(0, 4).join(', ').slice(0, 80)} …`);
  return nothing('text of something else');
}
