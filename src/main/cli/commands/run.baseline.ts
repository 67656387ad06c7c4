/** `crosstalk run --baseline`: what the run is compared with once it has ended. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Comparison } from '#contract/comparison';
import type { RunRow } from '#contract/run';
import type { RunOutcome } from '#engine/run';
import { compareEvidence } from '../../comparing/compare.ts';
import type { RunEvidence } from '../../comparing/evidence.ts';
import { evidenceFromFile, summarisedEvidence } from '../../comparing/fileEvidence.ts';
import { loadEvidence } from '../../comparing/loading.ts';
import type { History } from '../../history/history.ts';
import { maskYaml } from '../../history/masking.ts';
import type { PreparedRun } from '../../scenarios/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes, usage } from '../exit.ts';
import { must } from '../must.ts';
import { pickRun, withHistory } from './runs.ts';

const everyRun = 10_000;

/** Whether a file is meant and not a run of the history. */
function isFile(text: string): boolean {
  return /[\\/]|\.(json|zip)$/i.test(text) || existsSync(text);
}

async function findBaseline(
  history: History,
  wanted: string,
  { file, environment }: Pick<PreparedRun, 'file' | 'environment'>,
): Promise<string> {
  const of = `${JSON.stringify(file.name)} against ${JSON.stringify(environment)}`;
  if (wanted === 'baseline') {
    const marked = must(await history.baselineOf(file.name, environment));
    if (marked === null)
      throw usage(
        `--baseline baseline: no run is marked as the baseline of ${of}; mark one with crosstalk runs edit RUN --baseline, or give a run or a file.`,
      );
    return marked;
  }
  const rows = must(await history.list({ limit: everyRun }));
  if (wanted !== 'latest') return pickRun(rows, wanted).id;
  const newest = rows.find(
    (row) => row.scenario === file.name && row.environment === environment && row.state === 'finished',
  );
  if (newest === undefined) throw usage(`--baseline latest: no run of ${of} is kept on this machine yet.`);
  return newest.id;
}

/** The run that is compared with: a file, a run's id or its beginning, `latest` (of this scenario and environment) or `baseline` (the marked one). */
export async function readBaseline(
  wanted: string,
  prepared: Pick<PreparedRun, 'file' | 'environment'>,
  context: CliContext,
): Promise<RunEvidence> {
  if (isFile(wanted)) return must(await evidenceFromFile(wanted));
  const found: RunEvidence[] = [];
  await withHistory(context, async (history) => {
    const id = await findBaseline(history, wanted.trim(), prepared);
    found.push(must(await loadEvidence(history, id)));
    return exitCodes.passed;
  });
  const [baseline] = found;
  if (baseline === undefined) throw usage(`--baseline ${wanted}: there is no such run.`);
  return baseline;
}

/** The run that has just ended beside its baseline. */
export function compareEnded(
  baseline: RunEvidence,
  run: { row: RunRow; outcome: RunOutcome; prepared: Pick<PreparedRun, 'yaml'> },
): Comparison {
  const { row, outcome, prepared } = run;
  const evidence = summarisedEvidence(outcome.summary, {
    name: row.name,
    histograms: outcome.histograms,
    scenarioYaml: maskYaml(prepared.yaml),
    host: hostname(),
  });
  const ended: RunEvidence = { ...evidence, row: { ...evidence.row, peakCalls: row.peakCalls } };
  return compareEvidence([baseline, ended]);
}
