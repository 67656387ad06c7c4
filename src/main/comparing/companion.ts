/** Compares runs with the baseline of their scenario and environment: each as soon as it is written, and those before when one is marked. */
import type { Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import type { ComparisonVerdict } from '#contract/run';
import type { History } from '../history/history.ts';
import type { RunCompanion } from '../runs/companion.ts';
import { compareEvidence } from './compare.ts';
import type { RunEvidence } from './evidence.ts';
import { loadEvidence } from './loading.ts';

export interface BaselineOptions {
  history: Pick<History, 'get' | 'histograms' | 'values' | 'baselineOf' | 'setComparison'>;
  publish: Publish;
}

/** How a run stands to its baseline. */
export interface FoundComparison {
  baselineId: string;
  verdict: ComparisonVerdict;
  sentence: string;
}

/** Compares a run with a baseline and keeps what was found. */
async function compareAndKeep(
  { history, publish }: BaselineOptions,
  runId: string,
  baseline: RunEvidence,
): Promise<Result<FoundComparison | null>> {
  const loaded = await loadEvidence(history, runId);
  if (!loaded.ok) return loaded;
  const run = compareEvidence([baseline, loaded.value]).runs[1];
  if (run === undefined || run.verdict === null) return ok(null);
  const found = { baselineId: baseline.row.id, verdict: run.verdict, sentence: run.sentence ?? '' };
  const kept = await history.setComparison(runId, found);
  if (!kept.ok) return kept;
  publish('runs', 'changed', { runId });
  return ok(found);
}

/** Compares a run that has ended with the baseline of its scenario and environment; null where there is none, or it is the baseline. */
export async function compareWithBaseline(
  options: BaselineOptions,
  run: { runId: string; scenario: string; environment: string },
): Promise<Result<FoundComparison | null>> {
  const { history } = options;
  const marked = await history.baselineOf(run.scenario, run.environment);
  if (!marked.ok) return marked;
  if (marked.value === null || marked.value === run.runId) return ok(null);
  const baseline = await loadEvidence(history, marked.value);
  return baseline.ok ? compareAndKeep(options, run.runId, baseline.value) : baseline;
}

/** Goes along with every run that is kept. */
export function baselineCompanion(options: BaselineOptions): RunCompanion {
  return {
    begin(run) {
      if (!run.keep) return null;
      const { runId, prepared } = run;
      return {
        async recorded({ recorded }) {
          // What the history does not have yet cannot be compared; it says so itself.
          if (!recorded.ok) return;
          const { environment, file } = prepared;
          const compared = await compareWithBaseline(options, { runId, scenario: file.name, environment });
          if (!compared.ok)
            run.notice(`The run could not be compared with its baseline: ${compared.error.message}`);
        },
      };
    },
  };
}

/** Runs before a new baseline that are compared with it; lists seldom show more. */
const comparedBefore = 50;

export interface MarkedOptions extends BaselineOptions {
  history: BaselineOptions['history'] & Pick<History, 'row' | 'summaries' | 'onChange'>;
}

/**
 * Compares the last runs of a scenario and environment with a run that is marked as their baseline, one after the other,
 * until the returned function is called. What cannot be compared stays without a comparison: it can be looked at still.
 */
export function compareWhenMarked(options: MarkedOptions): () => Promise<void> {
  const { history } = options;
  const closing = new AbortController();
  const closed = () => closing.signal.aborted;
  let work = Promise.resolve();

  async function compareOthers(runId: string): Promise<void> {
    if (closed()) return;
    const row = await history.row(runId);
    if (!row.ok || !row.value.isBaseline) return;
    const { scenario, environment } = row.value;
    const others = await history.summaries({ scenario, environment, last: comparedBefore });
    if (!others.ok) return;
    const waiting = others.value.filter(
      ({ row: { delta } }) => delta?.baselineId === runId && delta.verdict === null,
    );
    if (waiting.length === 0) return;
    const baseline = await loadEvidence(history, runId);
    if (!baseline.ok) return;
    for (const other of waiting) {
      if (closed()) return;
      const compared = await compareAndKeep(options, other.row.id, baseline.value);
      if (!compared.ok) return;
    }
  }

  const leave = history.onChange((runId) => {
    if (runId !== null) work = work.then(() => compareOthers(runId));
  });
  return async () => {
    closing.abort();
    leave();
    await work;
  };
}
