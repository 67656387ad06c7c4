import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnStore, keptFullS, mergeValues, mostTogether } from './columnStore.ts';
import { StoreFrame } from './storeFrame.ts';

const columns = { count: 'sum', peak: 'max', users: 'last' } as const;

interface Row {
  count: number;
  peak: number;
  users: number;
}

function filled(rows: readonly Row[], forgets = true): ColumnStore {
  const store = new ColumnStore(columns, forgets);
  rows.forEach((row, i) => store.push(i + 1, 1, (name) => row[name as keyof Row]));
  return store;
}

function all(store: ColumnStore, name: string): number[] {
  return Array.from({ length: store.length }, (_, row) => store.value(name, row));
}

/** Long enough to be put together several times over. */
const anyRows = fc
  .record({ seconds: fc.integer({ min: 1, max: 9000 }), seed: fc.integer({ min: 1, max: 1e6 }) })
  .map(({ seconds, seed }) =>
    Array.from({ length: seconds }, (_, i): Row => {
      const value = ((i + 1) * seed * 7919) % 10_007;
      return { count: value % 50, peak: value % 11 === 0 ? Number.NaN : value, users: value % 100 };
    }),
  );
const few = { numRuns: 25 };

describe('rows over time', () => {
  it('keep all sums, the highest peak and the last value, whatever stands together', () => {
    fc.assert(
      fc.property(anyRows, fc.constantFrom(1, 2, 8, 64), (rows, step) => {
        const store = filled(rows);
        const sum = rows.reduce((total, row) => total + row.count, 0);
        const peak = rows.reduce((most, row) => mergeValues('max', most, row.peak), Number.NaN);
        const frame = new StoreFrame([{ store, from: 0, to: store.length }], step);
        expect(all(store, 'count').reduce((a, b) => a + b, 0)).toBe(sum);
        expect(frame.column('count').reduce((a: number, b) => a + (b ?? 0), 0)).toBe(sum);
        const peaks = frame.column('peak').filter((value) => value !== null);
        expect(peaks.length === 0 ? Number.NaN : Math.max(...peaks)).toBe(peak);
        expect(frame.column('users').at(-1)).toBe(rows.at(-1)?.users);
      }),
      few,
    );
  });

  it('cover every second once, the newest quarter of an hour one by one, and are few', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const store = filled(rows);
        let end = 0;
        for (let row = 0; row < store.length; row++) {
          expect(store.t(row) - store.span(row)).toBe(end);
          end = store.t(row);
          const age = rows.length - end;
          expect(store.span(row)).toBeLessThanOrEqual(mostTogether(age));
        }
        expect(end).toBe(rows.length);
        const levels = Math.log2(mostTogether(rows.length)) + 1;
        expect(store.length).toBeLessThanOrEqual(keptFullS * levels + 256);
      }),
      few,
    );
  });

  it('stay as they came in a store that does not forget', () => {
    const store = filled(
      Array.from({ length: 3000 }, (_, i) => ({ count: 1, peak: i, users: i })),
      false,
    );
    expect(store.length).toBe(3000);
    expect(store.span(0)).toBe(1);
  });

  it('know a column that came later, with what was before it', () => {
    const store = filled([{ count: 1, peak: 1, users: 1 }]);
    store.addColumn('late', 'sum', 0);
    store.push(2, 1, () => 5);
    expect(all(store, 'late')).toEqual([0, 5]);
    expect(all(store, 'never')).toEqual([Number.NaN, Number.NaN]);
  });

  it('are found by their end', () => {
    const store = filled([1, 2, 3].map((peak) => ({ count: 0, peak, users: 0 })));
    expect([0, 1, 1.5, 3, 3.1].map((t) => store.rowAt(t))).toEqual([0, 0, 1, 2, 3]);
  });
});

it('more seconds stand together the older they are', () => {
  expect([0, 899, 900, 2699, 2700, 6300, 36_000].map((age) => mostTogether(age))).toEqual([
    1, 1, 2, 2, 4, 8, 32,
  ]);
});

it('a point of a chart is at most one for each step, and a rate is of the time it covers', () => {
  const store = filled(Array.from({ length: 100 }, () => ({ count: 4, peak: 1, users: 1 })));
  const frame = new StoreFrame([{ store, from: 0, to: store.length }], 8);
  expect(frame.length).toBe(13);
  expect(frame.t.slice(0, 2)).toEqual([8, 16]);
  expect(frame.rate('count')).toEqual(Array.from({ length: 13 }, () => 4));
  expect(frame.rate('count', 30).at(-1)).toBe(4);
});
