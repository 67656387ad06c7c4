import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCall, anError } from '../../testing.ts';
import { ReviewedDatabase } from './testing.ts';

let database: ReviewedDatabase;
beforeEach(() => {
  database = new ReviewedDatabase();
});
afterEach(() => database.close());

const page = { offset: 0, limit: 10 };

describe('errors of a run', () => {
  beforeEach(() => {
    database.add('r', {
      errors: [
        anError({ at: 1000, message: 'first' }),
        anError({ at: 2000, kind: 'dropped_1006', message: 'gone', callId: 'call-2', turn: 4 }),
        anError({ at: 3000, message: 'second', callId: 'call-2', turn: 2 }),
        anError({ at: 4000, message: 'third', callId: null }),
        anError({ at: 4500, message: 'fourth', callId: 'call-2', turn: 3 }),
      ],
    });
  });

  it('are counted by kind, with where the newest happened and how many calls had them', () => {
    expect(database.reader.errors('r')).toEqual([
      {
        kind: 'refused',
        count: 4,
        firstAt: 1000,
        lastAt: 4500,
        example: 'fourth',
        exampleCall: 'call-2',
        exampleTurn: 3,
        calls: 2,
      },
      {
        kind: 'dropped_1006',
        count: 1,
        firstAt: 2000,
        lastAt: 2000,
        example: 'gone',
        exampleCall: 'call-2',
        exampleTurn: 4,
        calls: 1,
      },
    ]);
  });

  it('of a kind or a call whose number was forgotten among many texts count as the same', () => {
    database.db.exec(
      `INSERT INTO texts (run, id, text) SELECT run, 900 + id, text FROM texts WHERE text IN ('refused', 'call-2');
       UPDATE errors SET kind = 900 + kind, call_id = 900 + call_id WHERE seq = 5`,
    );
    expect(database.reader.errors('r')[0]).toMatchObject({ kind: 'refused', count: 4, calls: 2 });
    expect(database.reader.errorList({ runId: 'r', kind: 'refused', ...page }).total).toBe(4);
  });

  it('come one by one, the newest first', () => {
    const all = database.reader.errorList({ runId: 'r', offset: 1, limit: 2 });
    expect(all.total).toBe(5);
    expect(all.errors).toMatchObject([
      { message: 'third', callId: null },
      { message: 'second', turn: 2 },
    ]);
    const dropped = database.reader.errorList({ runId: 'r', kind: 'dropped_1006', ...page });
    expect(dropped).toMatchObject({ total: 1, errors: [{ at: 2000, callId: 'call-2', turn: 4 }] });
  });

  it('of a run without any are none', () => {
    database.add('quiet', {});
    expect(database.reader.errors('quiet')).toEqual([]);
    expect(database.reader.errorList({ runId: 'quiet', ...page })).toEqual({ total: 0, errors: [] });
  });
});

it('gives every connection of one call in their order', () => {
  database.add('r', {
    calls: [
      aCall({ callId: 'b', attempt: 2, outcome: 'ended' }),
      aCall({ callId: 'a' }),
      aCall({ callId: 'b', attempt: 1, outcome: 'dropped', error: 'Gone' }),
    ],
  });
  expect(database.reader.connectionsOf('r', 'b')).toEqual([
    aCall({ callId: 'b', attempt: 1, outcome: 'dropped', error: 'Gone' }),
    aCall({ callId: 'b', attempt: 2, outcome: 'ended' }),
  ]);
  expect(database.reader.connectionsOf('r', 'c')).toEqual([]);
});
