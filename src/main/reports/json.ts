/** The full JSON of a run (`ExportedRun`), written piece by piece: every second of a long run is too much for one text. */
import { exportFormat, exportVersion, type ExportedRun } from '#contract/exported';
import type { RunDetail } from '#contract/run';
import { programVersion } from '../runs/origin.ts';
import { maskedDetail } from './masked.ts';
import { checkGivenUp, type ReportSink, type ReportSource, type ReportWork } from './source.ts';

/** What stands first in every export. */
export function exportHead(
  detail: RunDetail,
): Pick<ExportedRun, 'format' | 'version' | 'exported_at' | 'exported_by' | 'detail'> {
  return {
    format: exportFormat,
    version: exportVersion,
    exported_at: new Date().toISOString(),
    exported_by: programVersion(),
    detail: maskedDetail(detail),
  };
}

/** A run's breakdowns by turn, conversation and user. */
export async function breakdownsOf(source: ReportSource): Promise<ExportedRun['breakdowns']> {
  return {
    turn: await source.breakdown('turn'),
    conversation: await source.breakdown('conversation'),
    user: await source.breakdown('user'),
  };
}

function writeList(sink: ReportSink, name: string, records: readonly unknown[], work: ReportWork): void {
  sink.write(`  ${JSON.stringify(name)}: [`);
  records.forEach((record, i) => {
    if (i % 1000 === 0) checkGivenUp(work);
    sink.write(`${i === 0 ? '' : ','}\n    ${JSON.stringify(record)}`);
  });
  sink.write(records.length === 0 ? '],\n' : '\n  ],\n');
}

export async function writeJson(source: ReportSource, sink: ReportSink, work: ReportWork): Promise<void> {
  const part = (name: string, value: unknown) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  sink.write('{\n');
  for (const [name, value] of Object.entries(exportHead(source.detail)))
    sink.write(`${part(name, value)},\n`);
  const about = await source.aboutRequests();
  if (about !== null) sink.write(`${part('requests', about)},\n`);
  const samples = await source.samples();
  work.progress(0.3);
  writeList(sink, 'samples', samples, work);
  writeList(sink, 'series', await source.series(), work);
  work.progress(0.6);
  sink.write(`${part('histograms', await source.histograms())},\n`);
  sink.write(`${part('breakdowns', await breakdownsOf(source))},\n`);
  work.progress(0.9);
  sink.write(`${part('errors', await source.errors())}\n}\n`);
}
