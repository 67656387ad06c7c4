/** Everything of a run as a zip (`ArchivedRun` and its neighbours), streamed: what is packed has left memory. */
import { Zip, ZipDeflate } from 'fflate';
import {
  archivedHistograms,
  archivedRecords,
  archivedRun,
  type ArchivedRecords,
  type ArchivedRun,
} from '#contract/exported';
import { breakdownsOf, exportHead } from './json.ts';
import { checkGivenUp, type ReportSink, type ReportSource, type ReportWork } from './source.ts';

const text = new TextEncoder();
/** Lines are packed in pieces of about so many characters. */
const pieceLength = 256 * 1024;

/** One file of the archive, while it is written. */
class Entry {
  readonly #entry: ZipDeflate;
  #waiting = '';

  constructor(zip: Zip, name: string) {
    this.#entry = new ZipDeflate(name, { level: 6 });
    zip.add(this.#entry);
  }

  write(piece: string): void {
    this.#waiting += piece;
    if (this.#waiting.length >= pieceLength) this.#push(false);
  }

  end(): void {
    this.#push(true);
  }

  #push(last: boolean): void {
    this.#entry.push(text.encode(this.#waiting), last);
    this.#waiting = '';
  }
}

async function* once<T>(records: readonly T[]): AsyncGenerator<readonly T[]> {
  yield await Promise.resolve(records);
}

export async function writeArchive(source: ReportSource, sink: ReportSink, work: ReportWork): Promise<void> {
  const zip = new Zip((error, bytes) => {
    if (error !== null) throw error;
    sink.write(bytes);
  });
  const whole = (name: string, value: unknown) => {
    const entry = new Entry(zip, name);
    entry.write(`${JSON.stringify(value)}\n`);
    entry.end();
  };
  const samples = await source.samples();
  const series = await source.series();
  // A run that goes on gains records meanwhile: what is counted now is what goes in.
  const contains = { samples: samples.length, series: series.length, ...(await source.totals()) };
  const about = await source.aboutRequests();
  const run: ArchivedRun = {
    ...exportHead(source.detail),
    ...(about === null ? {} : { requests: about }),
    contains,
    breakdowns: await breakdownsOf(source),
  };
  whole(archivedRun, run);
  whole(archivedHistograms, await source.histograms());
  const all = Math.max(
    1,
    Object.values(contains).reduce((sum, n) => sum + n, 0),
  );
  let written = 0;
  const lines = async (kind: ArchivedRecords, pages: AsyncIterable<readonly unknown[]>) => {
    const entry = new Entry(zip, archivedRecords[kind]);
    let left = contains[kind];
    for await (const page of pages) {
      checkGivenUp(work);
      for (const record of page.slice(0, left)) entry.write(`${JSON.stringify(record)}\n`);
      const taken = Math.min(left, page.length);
      left -= taken;
      written += taken;
      work.progress(written / all);
      if (left === 0) break;
    }
    entry.end();
  };
  await lines('samples', once(samples));
  await lines('turns', source.turns());
  await lines('calls', source.calls());
  await lines('errors', source.errorRecords());
  await lines('series', once(series));
  if (about !== null) {
    await lines('requests', source.requests());
    await lines('kept', source.kept());
  }
  zip.end();
}
