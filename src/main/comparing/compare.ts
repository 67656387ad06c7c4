/** Runs side by side: the first is what the others are compared with. */
import type { ComparedRow, ComparedRun, Comparison, DiffLine } from '#contract/comparison';
import type { ComparisonVerdict } from '#contract/run';
import { curvesOf } from './curves.ts';
import type { RunEvidence } from './evidence.ts';
import { comparedCell, overallVerdict } from './judging.ts';
import { distrustOf, remarksOf } from './remarks.ts';
import { rowQuestions, type RowQuestion } from './rows.ts';
import { verdictSentence, type HeadlineCell } from './sentence.ts';
import { textDiff } from './textDiff.ts';

function comparedRow(
  question: RowQuestion,
  runs: readonly RunEvidence[],
  baseline: RunEvidence,
): ComparedRow {
  const { head, measure, interval } = question;
  const from = measure(baseline);
  const sound = distrustOf(baseline) === null;
  const cells = runs.map((run) => {
    if (run === baseline) return { ...from, difference: null, share: null, interval: null, verdict: null };
    const between = interval(baseline, run);
    return comparedCell(head, from, measure(run), between, sound && distrustOf(run) === null);
  });
  return { ...head, cells };
}

/** Why neither figure of two runs is to be believed; null: both are. */
function distrustBetween(baseline: RunEvidence, run: RunEvidence): string | null {
  const [from, to] = [distrustOf(baseline), distrustOf(run)];
  const said = [from === null ? [] : [`the baseline ${from}`], to === null ? [] : [`this run ${to}`]].flat();
  return said.length === 0 ? null : `Nothing can be said: ${said.join(', ')}`;
}

function headlineOf(rows: readonly ComparedRow[], at: number): HeadlineCell[] {
  return rows.flatMap((row): HeadlineCell[] => {
    const [from] = row.cells;
    const to = row.cells[at];
    return row.headline && from !== undefined && to !== undefined ? [{ row, from, to }] : [];
  });
}

/** How one run stands to the baseline as a whole. */
function standing(
  rows: readonly ComparedRow[],
  at: number,
  distrust: string | null,
): { verdict: ComparisonVerdict; sentence: string } {
  const headline = headlineOf(rows, at);
  const verdict = distrust === null ? overallVerdict(headline.map(({ to }) => to.verdict)) : 'unclear';
  return { verdict, sentence: verdictSentence(verdict, headline, distrust) };
}

function diffOf(from: string | null, to: string | null): DiffLine[] {
  return from === null || to === null ? [] : textDiff(from, to);
}

/** Puts runs side by side; the first is the baseline of the comparison. At least one. */
export function compareEvidence(runs: readonly [RunEvidence, ...RunEvidence[]]): Comparison {
  const [baseline] = runs;
  const rows = rowQuestions(runs)
    .map((question) => comparedRow(question, runs, baseline))
    .filter((row) => row.cells.some((cell) => cell.value !== null));
  const compared = runs.map((run, at): ComparedRun => {
    const { row } = run;
    const first = run === baseline;
    const common = { row, remarks: remarksOf(run, first ? null : baseline), curves: curvesOf(run) };
    if (first) return { ...common, verdict: null, sentence: null, scenarioDiff: [], environmentDiff: [] };
    return {
      ...common,
      ...standing(rows, at, distrustBetween(baseline, run)),
      scenarioDiff: diffOf(baseline.scenarioYaml, run.scenarioYaml),
      environmentDiff: diffOf(baseline.environmentYaml, run.environmentYaml),
    };
  });
  return { runs: compared, rows };
}
