/** Which run the chosen files are: what belongs together, and how it is read. */
import { basename, join } from 'node:path';
import type { ResultKind, ResultsFound } from '#contract/api/results';
import { archivedRun, exportFormat } from '#contract/exported';
import { firstBytes, mostBytes, problem, type Reading, type ResultFile } from './files.ts';
import type { ForeignRun } from './foreign.ts';
import { readArchive, readExportedJson } from './crosstalk/exported.ts';
import { readJtl } from './jtl/read.ts';
import { readK6Ndjson } from './k6/ndjson.ts';
import { readK6Summary } from './k6/summary.ts';
import { readLocustCsv, type LocustFiles } from './locust/csv.ts';
import { readLocustJson } from './locust/json.ts';
import { formNames, recognise, type Form } from './recognise.ts';
import { recordOf, type ImportNaming, type MadeRecord, type RecordContext } from './record.ts';
import { counted, listed } from './words.ts';
import { unpack, zipEntries, refuseTooMuch } from './zip.ts';

/** Files that can be imported, and how; or why they cannot. */
export interface Understood {
  found: ResultsFound;
  /** null: they cannot be imported. */
  read: ((naming: ImportNaming, context: RecordContext, reading: Reading) => Promise<MadeRecord>) | null;
}

interface Part {
  file: ResultFile;
  form: Form;
  /** It lay in this archive. */
  archive: ResultFile | null;
}

const whatIsUnderstood =
  'Understood are: CSV files of Locust, locust --json, the results zip of Azure Load Testing or a JTL CSV, a summary or --out json of k6, and the JSON or archive of Crosstalk.';

const environments: Record<Exclude<ResultKind, 'crosstalk'>, string> = {
  locust_csv: 'Locust',
  locust_json: 'Locust',
  azure_zip: 'Azure Load Testing',
  jtl_csv: 'JMeter',
  k6_summary: 'k6',
  k6_ndjson: 'k6',
};

/** Looks at all of them. Archives are unpacked into the folder of the import. */
export async function understand(files: readonly ResultFile[], reading: Reading): Promise<Understood> {
  const listedFiles: ResultsFound['files'] = [];
  const parts: Part[] = [];
  const strange: string[] = [];
  const leftOut: string[] = [];
  // What one archive takes another cannot have.
  let left = reading.mostBytes ?? mostBytes;
  let whole: { archive: ResultFile; files: Map<string, ResultFile> } | null = null;
  for (const file of files) {
    const recognised = await recognise(file, reading);
    if (recognised.form === null) {
      strange.push(`${file.name} is ${recognised.what}`);
      listedFiles.push({ name: file.name, what: recognised.what, understood: false });
    } else if (recognised.form === 'zip') {
      const opened = await openArchive(file, { ...reading, mostBytes: left });
      left -= opened.bytes;
      if (opened.own !== null) whole = { archive: file, files: opened.own };
      parts.push(...opened.parts);
      leftOut.push(...opened.leftOut);
      const understood = opened.own !== null || opened.parts.length > 0;
      listedFiles.push({ name: file.name, what: opened.what, understood });
      if (!understood) strange.push(`${file.name} is ${opened.what}`);
    } else {
      parts.push({ file, form: recognised.form, archive: null });
      listedFiles.push({ name: file.name, what: formNames[recognised.form], understood: true });
    }
  }
  const not = (text: string): Understood => ({
    found: { kind: null, problem: text, files: listedFiles, name: '', scenario: '', environment: '' },
    read: null,
  });
  if (strange.length > 0) return not(`${listed(strange, 3)}. ${whatIsUnderstood}`);
  if (whole !== null) {
    if (files.length > 1) return not('An archive of Crosstalk is a whole run: import it by itself.');
    return ownRun(listedFiles, whole);
  }
  const decided = decide(parts);
  if (typeof decided === 'string') return not(decided);
  const { kind, name, read } = decided;
  if (kind === 'crosstalk') return ownJson(listedFiles, parts);
  const besides =
    leftOut.length === 0
      ? []
      : [
          `${listed(leftOut)} in the archive ${leftOut.length === 1 ? 'is' : 'are'} something else and ${leftOut.length === 1 ? 'was' : 'were'} left out.`,
        ];
  return {
    found: { kind, problem: null, files: listedFiles, name, scenario: name, environment: environments[kind] },
    read: async (naming, context, again) => {
      const run = await read(again);
      return recordOf({ ...run, notes: [...run.notes, ...besides] }, naming, context);
    },
  };
}

interface Opened {
  /** What was unpacked of it. */
  bytes: number;
  parts: Part[];
  leftOut: string[];
  what: string;
  /** Files of an archive of Crosstalk itself. */
  own: Map<string, ResultFile> | null;
}

async function openArchive(archive: ResultFile, reading: Reading): Promise<Opened> {
  const entries = (await zipEntries(archive)).filter(({ name }) => !/(^|\/)(__MACOSX\/|\.)/.test(name));
  refuseTooMuch(archive.name, entries, reading.mostBytes);
  const folder = join(reading.folder, `zip-${basename(archive.path)}`);
  const own = entries.some(({ name }) => name === archivedRun);
  const wanted = own ? entries : entries.filter(({ name }) => /\.(csv|jtl|json|ndjson|gz|txt)$/i.test(name));
  const files = await unpack(archive, wanted, { ...reading, folder, onProgress: () => undefined });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (own) {
    return {
      bytes,
      parts: [],
      leftOut: [],
      what: 'Crosstalk: archive',
      own: new Map(files.map((file) => [file.name, file])),
    };
  }
  const parts: Part[] = [];
  const leftOut = entries.filter((entry) => !wanted.includes(entry)).map(({ name }) => name);
  for (const file of files) {
    const { form } = await recognise(file, reading);
    if (form === null || form === 'zip') leftOut.push(file.name);
    else parts.push({ file, form, archive });
  }
  const inside = [...new Set(parts.map(({ form }) => formNames[form]))];
  const what =
    parts.length === 0
      ? `a zip archive with ${counted(entries.length, 'file')}, none of which is understood`
      : `zip with ${counted(parts.length, 'file')}: ${listed(inside)}`;
  return { bytes, parts, leftOut, what, own: null };
}

interface Decided {
  kind: ResultKind;
  name: string;
  read: (reading: Reading) => Promise<ForeignRun>;
}

/** What they are together; a sentence where that is not one run. */
function decide(parts: readonly Part[]): Decided | string {
  const of = (...wanted: Form[]) => parts.filter(({ form }) => wanted.includes(form));
  const [first] = parts;
  if (first === undefined) return `Nothing was found in these files. ${whatIsUnderstood}`;
  const locust = of('locust_stats', 'locust_history', 'locust_failures', 'locust_exceptions');
  const jtl = of('jtl');
  if (locust.length === parts.length) return decideLocust(locust);
  if (jtl.length === parts.length) {
    const archive = jtl.find((part) => part.archive !== null)?.archive ?? null;
    const name = plainName((archive ?? first.file).name);
    const kind = archive === null ? 'jtl_csv' : 'azure_zip';
    return {
      kind,
      name,
      read: (reading) =>
        readJtl(
          jtl.map(({ file }) => file),
          { kind, name },
          reading,
        ),
    };
  }
  if (parts.length > 1) {
    const kinds = [...new Set(parts.map(({ form }) => formNames[form]))];
    return kinds.length > 1
      ? `These files are results of different kinds (${listed(kinds)}): import those of one run at a time.`
      : `These are ${parts.length} runs (${kinds[0] ?? ''}): import them one at a time.`;
  }
  const { file, form } = first;
  const name = plainName(file.name);
  switch (form) {
    case 'locust_json':
      return { kind: 'locust_json', name, read: (reading) => readLocustJson(file, name, reading) };
    case 'k6_summary':
      return { kind: 'k6_summary', name, read: (reading) => readK6Summary(file, name, reading) };
    case 'k6_ndjson':
      return { kind: 'k6_ndjson', name, read: (reading) => readK6Ndjson(file, name, reading) };
    default:
      return {
        kind: 'crosstalk',
        name,
        read: () => Promise.reject(problem('unknown_results', 'It is read as an export.')),
      };
  }
}

function decideLocust(parts: readonly Part[]): Decided | string {
  const files: LocustFiles = { name: '' };
  const prefixes = new Set<string>();
  for (const { file, form } of parts) {
    const key =
      form === 'locust_stats'
        ? 'stats'
        : form === 'locust_history'
          ? 'history'
          : form === 'locust_failures'
            ? 'failures'
            : 'exceptions';
    prefixes.add(locustPrefix(file.name));
    const other = files[key];
    if (other !== undefined) {
      const names = prefixes.size > 1 ? ` (${listed([...prefixes], 4)})` : '';
      return `${other.name} and ${file.name} are both “${formNames[form]}”, so these are two runs${names}: choose the files of one of them.`;
    }
    files[key] = file;
  }
  const [one = ''] = prefixes;
  files.name = prefixes.size === 1 ? one : locustPrefix((files.stats ?? files.history)?.name ?? '') || one;
  return { kind: 'locust_csv', name: files.name, read: (reading) => readLocustCsv(files, reading) };
}

/** `calls_stats_history.csv` → `calls`. */
function locustPrefix(name: string): string {
  const plain = plainName(name);
  return (
    plain.replace(/_?(stats_history|requests_full_history|stats|requests|failures|exceptions)$/, '') || plain
  );
}

/** A file's name without folders and endings. */
function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? name;
  return last.replace(/(\.(csv|jtl|json|ndjson|jsonl|gz|zip|txt|crosstalk))+$/i, '') || last;
}

async function ownJson(files: ResultsFound['files'], parts: readonly Part[]): Promise<Understood> {
  const [only] = parts;
  if (only === undefined) throw problem('unknown_results', whatIsUnderstood);
  const head = (await firstBytes(only.file.path, 256 * 1024)).toString('utf8');
  return {
    found: { kind: 'crosstalk', problem: null, files, ...namesIn(head, plainName(only.file.name)) },
    read: (naming, context, reading) => readExportedJson(only.file, naming, context, reading),
  };
}

async function ownRun(
  files: ResultsFound['files'],
  whole: { archive: ResultFile; files: Map<string, ResultFile> },
): Promise<Understood> {
  const run = whole.files.get(archivedRun);
  const head = run === undefined ? '' : (await firstBytes(run.path, 256 * 1024)).toString('utf8');
  if (!head.includes(exportFormat))
    throw problem(
      'unknown_results',
      `${whole.archive.name} has a ${archivedRun} that is not Crosstalk’s. ${whatIsUnderstood}`,
    );
  return {
    found: { kind: 'crosstalk', problem: null, files, ...namesIn(head, plainName(whole.archive.name)) },
    read: (naming, context, reading) => readArchive(whole.files, whole.archive, naming, context, reading),
  };
}

/** What the run is called in its export; it stands near the beginning. */
function namesIn(head: string, otherwise: string): { name: string; scenario: string; environment: string } {
  const of = (key: string) => {
    const match = new RegExp(`"${key}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(head);
    try {
      const value: unknown = match?.[1] === undefined ? null : JSON.parse(match[1]);
      return typeof value === 'string' ? value : null;
    } catch {
      return null;
    }
  };
  return {
    name: of('name') ?? otherwise,
    scenario: of('scenario') ?? otherwise,
    environment: of('environment') ?? '',
  };
}
