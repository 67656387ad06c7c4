/** A run's end as JSON; see docs/notifications.md. Keys may follow in later versions, none goes away. */
import { programVersion } from '../../runs/origin.ts';
import { thresholdName, thresholdSentence } from '../../reports/threshold.ts';
import { failedThresholds, wordsOf, type EndedRun } from '../news.ts';

export function jsonMessage(run: EndedRun): Record<string, unknown> {
  const { summary, delta } = run;
  const { metrics, rates, counts } = summary;
  const { title, body } = wordsOf(run);
  return {
    schema: 1,
    event: 'run_ended',
    title,
    text: body,
    run_id: run.runId,
    name: run.name,
    scenario: summary.scenario,
    environment: summary.environment,
    started_at: summary.started_at,
    duration_s: summary.duration_s,
    ended: summary.ended,
    verdict: summary.verdict,
    verdict_reasons: summary.verdict_reasons,
    trusted: summary.trusted,
    untrusted_reasons: summary.untrusted_reasons,
    figures: {
      ttfa_p50: metrics.ttfa.p50,
      ttfa_p95: metrics.ttfa.p95,
      ttfa_p99: metrics.ttfa.p99,
      barge_in_p95: metrics.barge_in.p95,
      turn_success: rates.turn_success,
      connection_success: rates.connection_success,
      calls_attempted: counts.calls_attempted,
      turns_ok: counts.turns_ok,
      turns_failed: counts.turns_failed + counts.turns_timed_out,
      ...(counts.requests === 0
        ? {}
        : {
            request_p50: metrics.request.p50,
            request_p95: metrics.request.p95,
            request_p99: metrics.request.p99,
            request_success: rates.request_success,
            requests: counts.requests,
            requests_failed: counts.requests_failed,
            requests_per_second: summary.requests_per_second,
          }),
      errors: Object.values(counts.errors).reduce((sum, n) => sum + n, 0),
    },
    thresholds_failed: failedThresholds(summary).map((row) => ({
      name: thresholdName(row),
      metric: row.metric,
      stat: row.stat,
      condition: row.condition,
      target: row.target,
      acceptable: row.acceptable,
      value: row.value,
      ...(row.where === undefined ? {} : { where: row.where }),
      sentence: thresholdSentence(row),
    })),
    comparison:
      delta === null
        ? null
        : {
            baseline_id: delta.baselineId,
            verdict: delta.verdict,
            ttfa_p95_difference: delta.ttfaP95,
            ...(delta.requestP95 === null ? {} : { request_p95_difference: delta.requestP95 }),
            sentence: delta.sentence,
          },
    sent_by: `Crosstalk ${programVersion()}`,
  };
}
