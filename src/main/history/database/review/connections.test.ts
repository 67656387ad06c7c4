import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AudioReview, ConnectionReview } from '#contract/review';
import { aCall, aSample, aTurn } from '../../testing.ts';
import { ReviewedDatabase } from './testing.ts';

let database: ReviewedDatabase;
beforeEach(() => {
  database = new ReviewedDatabase();
});
afterEach(() => database.close());

const none = { count: 0, p50: null, p95: null, max: null };

describe('the connections of a run', () => {
  it('are told by how they lived and ended', () => {
    database.add('r', {
      samples: [aSample(1, { at: 1000 })],
      calls: [
        aCall({ connectedAt: 1000, endedAt: 9000, startedAt: 900, turns: 2 }),
        aCall({ callId: 'b', connectedAt: 1000, endedAt: 61_000, outcome: 'dropped', closeCode: 1006, turns: 9 }),
        aCall({ callId: 'b', attempt: 2, connectedAt: 62_000, endedAt: 63_500, startedAt: 61_900, closeCode: null, turns: 1, greeting: null, greetingMissing: true }),
        aCall({ callId: 'c', connectedAt: null, connect: null, outcome: 'failed', error: 'refused', closeCode: null, turns: 0, greeting: null }),
      ],
    }); // prettier-ignore
    const review = ConnectionReview.parse(database.reader.connections('r'));
    expect(review).toMatchObject({
      attempts: 4,
      outcomes: { ended: 2, dropped: 1, failed: 1 },
      closeCodes: { '1000': 1, '1006': 1, none: 1 },
      life: { count: 3, p50: 8000, max: 60_000 },
      connect: { count: 3, p50: 11.75 },
      tls: none,
      greeting: { count: 2, p50: 300 },
      greetingsMissing: 1,
      turnsPerConnection: { count: 3, p50: 2, max: 9 },
      reconnections: 1,
    });
    const { edges, counts } = review.lifeHistogram;
    expect(edges.slice(0, 3)).toEqual([0, 5000, 10_000]);
    expect(edges).toHaveLength(counts.length + 1);
    expect(counts).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('of a run without any are none', () => {
    database.add('r', {});
    expect(ConnectionReview.parse(database.reader.connections('r'))).toMatchObject({
      attempts: 0,
      outcomes: {},
      closeCodes: {},
      life: none,
      lifeHistogram: { edges: [], counts: [] },
      greetingsMissing: 0,
      reconnections: 0,
    });
  });
});

describe('the audio of a run', () => {
  it('is told by what its callers heard', () => {
    database.add('r', {
      turns: [
        aTurn({ underruns: 2, underrun: 140, delivery: 1440, audioReceivedMs: 2880 }),
        aTurn({ turn: 2, underruns: 1, underrun: 60, excluded: 'warm_up', lateAudioMs: 90 }),
        aTurn({ turn: 3, bargeInOutcome: 'stopped', leftover_audio: 300, lateAudioMs: 80, delivery: 0 }),
        aTurn({ turn: 4, bargeInOutcome: 'stopped', talk_over: 500, ttfa: null, firstAudioAt: null, firstAudibleAt: null, lastAudioAt: null, delivery: null, response: null, processing: null, ttfa_audible: null }),
      ],
      calls: [aCall({ stopIdle: 2, cutShort: 1 }), aCall({ callId: 'b', continuousAgent: false })],
    }); // prettier-ignore
    expect(AudioReview.parse(database.reader.audio('r'))).toEqual({
      answers: 3,
      answersWithUnderruns: 2,
      underruns: 3,
      underrun: { count: 1, p50: 140, p95: 140, max: 140 },
      leftover: { count: 1, p50: 300, p95: 300, max: 300 },
      bargeInOutcomes: { stopped: 2 },
      talkOvers: 1,
      talkOver: { count: 1, p50: 500, p95: 500, max: 500 },
      turnsWithLateAudio: 2,
      lateAudio: { count: 1, p50: 80, p95: 80, max: 80 },
      response: { count: 2, p50: 2888.155, p95: 2888.155, max: 2888.155 },
      deliverySpeed: { count: 1, p50: 2, p95: 2, max: 2 },
      stopsIdle: 3,
      cutShort: 1,
      continuousAgents: 1,
    });
  });

  it('of a run without turns has nothing to tell', () => {
    database.add('r', {});
    expect(AudioReview.parse(database.reader.audio('r'))).toMatchObject({
      answers: 0,
      underrun: none,
      stopsIdle: 0,
    });
  });
});

describe('runs of a scenario', () => {
  it('come newest first, with their summaries; runs without one, and deleted ones, do not', () => {
    const at = (hour: number) => Date.UTC(2026, 10, 21, hour);
    const scenario = 'Insurance inquiry';
    database.add('old', { run: { startedAt: at(8) }, summary: {} });
    database.add('new', { run: { startedAt: at(10), environment: 'staging' }, summary: {} });
    database.add('going', { run: { startedAt: at(11) } });
    database.add('deleted', { run: { startedAt: at(12) }, summary: {} });
    database.add('other', { run: { startedAt: at(7), scenario: 'Claim' }, summary: {} });
    database.db.prepare(`UPDATE runs SET deleted_at = 1 WHERE id = 'deleted'`).run();
    const found = database.reader.summaries({ scenario, last: 10 });
    expect(found).toMatchObject([
      { row: { id: 'new' }, summary: { run_id: 'new' } },
      { row: { id: 'old' }, summary: { run_id: 'old' } },
    ]);
    expect(database.reader.summaries({ scenario, last: 1 })).toHaveLength(1);
    expect(database.reader.summaries({ scenario, environment: 'practice', last: 9 })).toMatchObject([
      { row: { id: 'old' } },
    ]);
    expect(database.reader.scenarios()).toEqual([
      { scenario, environments: ['practice', 'staging'], runs: 3 },
      { scenario: 'Claim', environments: ['practice'], runs: 1 },
    ]);
  });
});
