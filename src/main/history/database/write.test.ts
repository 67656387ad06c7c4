import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sample, TurnRecord } from '#contract/run';
import { aBatch, aCall, anError, anOutcome, aRun, aSample, aTurn } from '../testing.ts';
import { openDatabase } from './open.ts';
import { thisProcess } from './owner.ts';
import { RunReader } from './read.ts';
import { ReviewReader } from './review/reader.ts';
import { RunRows } from './rows.ts';
import { turnTable } from './tables.ts';
import { TextNumbers } from './texts.ts';
import { whichRun } from './whichRun.ts';
import { RunWriter } from './write.ts';

let db: Database;
let writer: RunWriter;
let runs: RunReader;
let reader: ReviewReader;
beforeEach(() => {
  db = openDatabase({ file: ':memory:', maxPages: null, lockWaitMs: 0 });
  writer = new RunWriter(db, thisProcess());
  runs = new RunReader(db, new RunRows(db));
  reader = new ReviewReader(db, (runId) => whichRun(db, runId), runs);
  writer.write('r1', [{ kind: 'create', run: aRun('r1') }]);
});
afterEach(() => db.close());

describe('RunWriter', () => {
  it('writes what arrives twice once', () => {
    const items = [
      { kind: 'create', run: aRun('r1') },
      { kind: 'batch', n: 1, batch: aBatch(1, { calls: [aCall()], errors: [anError()] }) },
      { kind: 'notice', n: 1, at: 5, message: 'Careful' },
      { kind: 'finish', ...anOutcome('r1') },
    ] as const;
    writer.write('r1', [...items]);
    // As after a crash of the worker: nothing is remembered.
    new RunWriter(db, thisProcess()).write('r1', [...items]);
    expect(reader.turns({ runId: 'r1', order: 'time', offset: 0, limit: 10 }).total).toBe(1);
    expect(reader.calls({ runId: 'r1', offset: 0, limit: 10 }).total).toBe(1);
    expect(reader.errors('r1')).toMatchObject([{ kind: 'refused', count: 1 }]);
    expect(reader.samples({ runId: 'r1' }).map((sample) => Sample.parse(sample))).toEqual([aSample(1)]);
    expect(runs.get('r1').notices).toEqual(['Careful']);
  });

  it('goes on numbering after its memory is lost', () => {
    writer.write('r1', [{ kind: 'batch', n: 1, batch: aBatch(1) }]);
    new RunWriter(db, thisProcess()).write('r1', [{ kind: 'batch', n: 2, batch: aBatch(2) }]);
    const { turns, total } = reader.turns({ runId: 'r1', order: 'time', offset: 0, limit: 10 });
    expect(total).toBe(2);
    expect(turns.map((turn) => turn.turn)).toEqual([1, 2]);
    expect(turns.map((turn) => turn.conversation)).toEqual(['insurance_inquiry', 'insurance_inquiry']);
  });

  it('leaves out a broken record and keeps the rest of its batch', () => {
    const batch = aBatch(1, { turns: [aTurn({ ttfa: Number.NaN }), aTurn({ turn: 2 })] });
    const written = writer.write('r1', [{ kind: 'batch', n: 1, batch }]);
    expect(written.refused).toBe(1);
    expect(written.reason).toContain('ttfa');
    expect(reader.turns({ runId: 'r1', order: 'time', offset: 0, limit: 10 }).turns).toMatchObject([
      { turn: 2 },
    ]);
  });

  it('writes nothing when one item fails', () => {
    db.exec(`CREATE TRIGGER no_more BEFORE INSERT ON calls BEGIN SELECT RAISE(ABORT, 'no calls today'); END`);
    const batches = [aBatch(1), aBatch(2, { calls: [aCall()] })];
    const items = batches.map((batch, i) => ({ kind: 'batch' as const, n: i + 1, batch }));
    expect(() => writer.write('r1', items)).toThrow('no calls today');
    expect(reader.samples({ runId: 'r1' })).toEqual([]);
    db.exec('DROP TRIGGER no_more');
    writer.write('r1', items);
    expect(reader.samples({ runId: 'r1' })).toHaveLength(2);
    expect(reader.turns({ runId: 'r1', order: 'time', offset: 0, limit: 10 }).turns[0]?.user).toBe('callers');
  });
});

describe('a sign of life', () => {
  const stored = () => db.prepare('SELECT state, heartbeat_at AS at FROM runs').get();

  it('is given for runs that write nothing, until they end', () => {
    const start = Date.now();
    writer.write('r1', [{ kind: 'batch', n: 1, batch: aBatch(1) }], start);
    writer.heartbeat(start + 5000);
    expect(stored()).toEqual({ state: 'running', at: start + 5000 });
    writer.write('r1', [{ kind: 'finish', ...anOutcome('r1') }], start + 6000);
    writer.heartbeat(start + 9000);
    expect(stored()).toEqual({ state: 'finished', at: start + 5000 });
  });

  it('brings a run back that was believed dead', () => {
    writer.write('r1', [{ kind: 'batch', n: 1, batch: aBatch(1) }]);
    db.exec(`UPDATE runs SET state = 'cut_off', ttfa_trend = '[]'`);
    writer.write('r1', [{ kind: 'batch', n: 2, batch: aBatch(2) }]);
    expect(runs.list(1)).toMatchObject([{ state: 'running', ttfaTrend: [901, 902] }]);
  });
});

const ms = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -5_000_000, max: 4_000_000_000 }).map((us) => us / 1000),
);
const someTurn = fc.record({
  callId: fc.string(),
  turn: fc.nat(),
  vu: fc.nat(),
  user: fc.string(),
  clip: fc.string({ unit: 'grapheme' }),
  startedAt: fc.integer({ min: 0, max: 1e12 }).map((us) => us / 1000),
  endOfSpeechAt: ms,
  firstMessageAt: ms,
  transcriptAt: ms,
  firstAudioAt: ms,
  firstAudibleAt: ms,
  responseEndAt: ms,
  agentSilentAt: ms,
  stopMessageAt: ms,
  ttfb: ms,
  ttfa: ms,
  recognition: ms,
  processing: ms,
  response: ms,
  turn_time: ms,
  talk_over: ms,
  barge_in: ms,
  underruns: fc.nat(),
  bargeInOutcome: fc.constantFrom(null, 'stopped', 'fell_silent'),
  status: fc.constantFrom('ok', 'timeout', 'failed', 'cut'),
  ambiguous: fc.boolean(),
  excluded: fc.constantFrom(null, 'generator', 'warm_up'),
  error: fc.option(fc.string()),
});

describe('turns as rows', () => {
  it.each([1, 2])('come back as they were, to the microsecond (form %i)', (form) => {
    const table = turnTable(form);
    const insert = table.prepareInsert(db);
    let seq = 0;
    fc.assert(
      fc.property(someTurn, (more) => {
        const turn = aTurn(more);
        const texts = new TextNumbers(db, 1);
        insert.run(1, ++seq, ...table.encode(turn, texts));
        const row = db
          .prepare<[number], Record<string, string | number | null>>(
            `${table.selectSql} WHERE r.run = 1 AND r.seq = ?`,
          )
          .get(seq);
        const back = TurnRecord.parse(table.decode(row ?? {}));
        for (const [field, value] of Object.entries(turn)) {
          const found = back[field as keyof TurnRecord];
          if (typeof value === 'number') expect(found, field).toBeCloseTo(value, 3);
          else expect(found, field).toEqual(value);
        }
      }),
      { numRuns: 200 },
    );
  });
});
