import type { RequestBy, StageResult } from '#contract/requests';
import type { Arrivals, Ending, RunSummary, Verdict } from '#contract/run';
import type { RunAggregate } from '../measure/aggregate.ts';
import type { RunPlan } from '../plan.ts';
import type { RunOutcome } from '../run.ts';
import type { BreakingPointDriver } from './load/breakingPoint.ts';

/** A run that is over, as its coordinator knows it. */
export interface EndedRun {
  plan: RunPlan;
  aggregate: RunAggregate;
  /** Why its numbers cannot be trusted; none when they can. */
  untrusted: string[];
  /** null: no calls arrived at a rate. */
  arrivals: Arrivals | null;
  /** null: no breaking point was looked for. */
  search: BreakingPointDriver | null;
  ended: Ending;
  /** Epoch milliseconds. */
  startedAt: number;
  durationMs: number;
  workers: number;
  /** Of the whole process since the start of the run. */
  cpu: NodeJS.CpuUsage;
  peakRssMb: number;
  /** How set-up and tear-down went. */
  stages: StageResult[];
  /** Why the load did not begin; null: it did. */
  notBegun: string | null;
}

/** What is said of a run when it is over. */
function runSummary(run: EndedRun): RunSummary {
  const { plan, aggregate, search } = run;
  const thresholds = search?.thresholds() ?? aggregate.thresholdResults();
  const found = search?.result() ?? null;
  const statuses = thresholds.map((threshold) => threshold.status);
  const crashed = run.ended === 'crashed';
  // What a search found rests on the numbers of calls it judged, and those say for themselves whether they can be trusted.
  const untrusted = search === null || crashed ? run.untrusted : search.untrusted();
  const reasons = run.notBegun === null ? aggregate.failures() : [run.notBegun];
  if (found !== null && found.holds === null) reasons.push('no number of calls was held');
  const failed = reasons.length > 0 || crashed || statuses.includes('fail');
  const verdict: Verdict = failed ? 'fail' : statuses.includes('warn') ? 'warn' : 'pass';
  return {
    schema: 1,
    run_id: plan.runId,
    scenario: plan.scenario,
    environment: plan.environment,
    seed: plan.seed,
    started_at: new Date(run.startedAt).toISOString(),
    duration_s: Math.round(run.durationMs) / 1000,
    warm_up_s: aggregate.warmUpS,
    ended: run.ended,
    verdict,
    verdict_reasons: crashed ? [...reasons, 'an engine thread failed'] : reasons,
    trusted: untrusted.length === 0,
    untrusted_reasons: untrusted,
    counts: aggregate.counts,
    rates: aggregate.rates(),
    requests_per_second: aggregate.requests?.perSecond ?? null,
    metrics: aggregate.metrics(),
    thresholds,
    applied: plan.applied,
    load: {
      executors: plan.loads.map((load) => load.executor),
      arrivals: run.arrivals,
      breaking_point: found,
    },
    ...(aggregate.requests === null
      ? {}
      : {
          requests: aggregate.requests.requests(),
          steps: plan.steps,
          checks: aggregate.requests.checks(),
          stages: run.stages,
        }),
    engine: {
      workers: run.workers,
      cpu_user_s: run.cpu.user / 1e6,
      cpu_system_s: run.cpu.system / 1e6,
      peak_rss_mb: Math.round(run.peakRssMb * 10) / 10,
      node: `v${process.versions.node.split('.')[0] ?? ''}`,
    },
  };
}

/** All that is left of it. */
export function runOutcome(run: EndedRun): RunOutcome {
  const { aggregate } = run;
  const requests = (by: RequestBy) => aggregate.requests?.rows(by) ?? [];
  return {
    summary: runSummary(run),
    histograms: aggregate.histograms(),
    breakdowns: {
      turn: aggregate.breakdown('turn'),
      conversation: aggregate.breakdown('conversation'),
      user: aggregate.breakdown('user'),
    },
    requests: {
      step: requests('step'),
      phase: requests('phase'),
      group: requests('group'),
      user: requests('user'),
      period: requests('period'),
    },
  };
}
