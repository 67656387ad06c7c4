/** What the agent's audio was like for its callers. Counts are of all turns, spreads leave out those that are excluded. */
import type { Database } from 'better-sqlite3';
import type { TurnMetric } from '#contract/metrics';
import type { AudioReview } from '#contract/review';
import { turnTable } from '../tables.ts';
import type { ReviewedRun } from './run.ts';
import { spreadOf } from './spread.ts';
import { readValues } from './values.ts';

/** An answer that came all at once has no speed. */
const leastDeliveryUs = 1000;

export function readAudio(db: Database, run: ReviewedRun): AudioReview {
  const spread = (metric: TurnMetric) => spreadOf(readValues(db, run, metric));
  const delivery = turnTable(run.turnForm).sqlOf('delivery');
  const counted = 'FROM turns r WHERE r.run = ? AND r.excluded IS NULL';
  const turns = db
    .prepare<[number], Record<'answers' | 'dry' | 'underruns' | 'talkOvers' | 'late', number | null>>(
      `SELECT sum(first_audio_at IS NOT NULL) AS answers, sum(underruns > 0) AS dry, sum(underruns) AS underruns,
         sum(talk_over IS NOT NULL) AS talkOvers, sum(late_audio_ms > 0) AS late FROM turns WHERE run = ?`,
    )
    .get(run.key);
  const calls = db
    .prepare<[number], Record<'idle' | 'short' | 'continuous', number | null>>(
      `SELECT sum(stop_idle) AS idle, sum(cut_short) AS short, sum(continuous_agent) AS continuous FROM calls WHERE run = ?`,
    )
    .get(run.key);
  const outcomes = db
    .prepare<[number], { outcome: string; count: number }>(
      `SELECT barge_in_outcome AS outcome, count(*) AS count FROM turns
       WHERE run = ? AND barge_in_outcome IS NOT NULL GROUP BY barge_in_outcome ORDER BY count DESC`,
    )
    .all(run.key);
  const numbers = (sql: string) =>
    db
      .prepare<[number], { value: number }>(sql)
      .all(run.key)
      .map(({ value }) => value);
  return {
    answers: turns?.answers ?? 0,
    answersWithUnderruns: turns?.dry ?? 0,
    underruns: turns?.underruns ?? 0,
    underrun: spread('underrun'),
    leftover: spread('leftover_audio'),
    bargeInOutcomes: Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, count])),
    talkOvers: turns?.talkOvers ?? 0,
    talkOver: spread('talk_over'),
    turnsWithLateAudio: turns?.late ?? 0,
    lateAudio: spreadOf(
      numbers(`SELECT r.late_audio_ms / 1000.0 AS value ${counted} AND r.late_audio_ms > 0`),
    ),
    response: spread('response'),
    deliverySpeed: spreadOf(
      numbers(
        `SELECT r.audio_received_ms * 1.0 / ${delivery} AS value ${counted} AND ${delivery} >= ${leastDeliveryUs}`,
      ),
    ),
    stopsIdle: calls?.idle ?? 0,
    cutShort: calls?.short ?? 0,
    continuousAgents: calls?.continuous ?? 0,
  };
}
