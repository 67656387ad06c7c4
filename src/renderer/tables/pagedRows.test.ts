import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '#contract/errors';
import { type Page, PagedRows, pageSize } from './pagedRows.svelte.ts';

function numbers(total: number) {
  const asked: number[] = [];
  const fetch = (offset: number, limit: number): Promise<Result<Page<number>>> => {
    asked.push(offset);
    const rows = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) => offset + i);
    return Promise.resolve(ok({ total, rows }));
  };
  return { asked, rows: new PagedRows(fetch) };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('rows in pages', () => {
  it('fetches a page once, when its rows come into view', async () => {
    const { asked, rows } = numbers(1200);
    await rows.refresh();
    expect(rows.total).toBe(1200);
    expect(rows.at(3)).toBe(3);
    expect(rows.at(pageSize)).toBeUndefined();
    rows.ensure(pageSize - 2, pageSize + 20);
    rows.ensure(pageSize, pageSize + 30);
    await settle();
    expect(rows.at(pageSize + 7)).toBe(pageSize + 7);
    expect(asked).toEqual([0, pageSize]);
  });

  it('asks for nothing beyond the end', async () => {
    const { asked, rows } = numbers(10);
    await rows.refresh();
    rows.ensure(0, 5000);
    await settle();
    expect(asked).toEqual([0]);
  });

  it('keeps what is on screen while it refreshes, then forgets the other pages', async () => {
    const { rows } = numbers(1200);
    await rows.refresh();
    rows.ensure(pageSize, pageSize);
    await settle();
    const refreshed = rows.refresh();
    expect(rows.at(pageSize)).toBe(pageSize);
    await refreshed;
    expect(rows.at(pageSize)).toBeUndefined();
    expect(rows.at(0)).toBe(0);
  });

  it('keeps the error, and asks again afterwards', async () => {
    let works = false;
    const rows = new PagedRows<number>(() =>
      Promise.resolve(
        works
          ? ok({ total: 1, rows: [7] })
          : fail<Page<number>>('unavailable', 'busy', 'The database is busy.'),
      ),
    );
    await rows.refresh();
    expect(rows.error?.code).toBe('busy');
    works = true;
    rows.ensure(0, 0);
    await settle();
    expect(rows.error).toBeNull();
    expect(rows.at(0)).toBe(7);
  });

  it('takes no answer of a round that is over', async () => {
    const answers: ((page: Page<string>) => void)[] = [];
    const rows = new PagedRows<string>(
      () => new Promise((resolve) => answers.push((page) => resolve(ok(page)))),
    );
    const first = rows.refresh();
    const second = rows.refresh();
    answers[1]?.({ total: 1, rows: ['new'] });
    await second;
    answers[0]?.({ total: 1, rows: ['old'] });
    await first;
    expect(rows.at(0)).toBe('new');
  });
});
