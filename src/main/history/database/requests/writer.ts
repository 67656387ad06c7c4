/** Writes requests: a block of columns per report of a thread, and the contents of a bounded number of them. */
import type { Database } from 'better-sqlite3';
import type { KeptRequest } from '#contract/requests';
import type { SqlValue } from '../columns.ts';
import type { StoredRequests } from './taken.ts';

/** Contents kept of one run. Failed ones are kept by step and error: one that fails over and over does not crowd out another. */
export const keptBounds = { slowest: 100, failed: 1000, failedAlike: 50, others: 5000, bytes: 64 << 20 };

/** What there is of a run's contents. */
interface Kept {
  counts: Record<KeptRequest['why'], number>;
  alike: Map<string, number>;
  bytes: number;
}

const likeness = (step: number, error: string) => `${step}|${error}`;

export class RequestWriter {
  readonly #db: Database;
  readonly #block;
  readonly #keep;
  readonly #fastest;
  readonly #drop;
  readonly #kept = new Map<number, Kept>();

  constructor(db: Database) {
    this.#db = db;
    this.#block = db.prepare<[number, number, number, number, number, Buffer]>(
      `INSERT INTO requests (run, first_id, count, from_at, to_at, data) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (run, first_id) DO NOTHING`,
    );
    this.#keep = db.prepare<SqlValue[]>(
      `INSERT INTO kept_requests (run, id, why, step, error, request, data) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run, id) DO NOTHING`,
    );
    this.#fastest = db.prepare<[number], { key: number; request: number; bytes: number }>(
      `SELECT key, request, length(data) AS bytes FROM kept_requests WHERE run = ? AND why = 'slowest' ORDER BY request LIMIT 1`,
    );
    this.#drop = db.prepare<[number]>('DELETE FROM kept_requests WHERE key = ?');
  }

  write(run: number, { firstId, count, fromAt, toAt, data }: StoredRequests): void {
    this.#block.run(run, firstId, count, fromAt, toAt, data);
  }

  /** Keeps a request's contents while there is room; of the slowest, the fastest goes for a slower one. */
  keep(run: number, kept: KeptRequest): void {
    const found = this.#found(run);
    const { why, record } = kept;
    const error = record.error ?? '';
    const text = JSON.stringify(kept);
    const request = record.request ?? 0;
    const alike = found.alike.get(likeness(record.step, error)) ?? 0;
    if (why === 'slowest') {
      if (found.counts.slowest >= keptBounds.slowest && !this.#makeRoom(run, found, request)) return;
    } else if (why === 'failed') {
      if (alike >= keptBounds.failedAlike || found.counts.failed >= keptBounds.failed) return;
    } else if (found.counts[why] >= keptBounds.others) return;
    if (found.bytes + text.length > keptBounds.bytes) return;
    const { changes } = this.#keep.run(run, record.id, why, record.step, error, request, text);
    if (changes === 0) return;
    found.counts[why] += 1;
    found.bytes += text.length;
    if (why === 'failed') found.alike.set(likeness(record.step, error), alike + 1);
  }

  /** What was counted within a transaction that failed is void. */
  forget(run: number): void {
    this.#kept.delete(run);
  }

  #makeRoom(run: number, found: Kept, request: number): boolean {
    const fastest = this.#fastest.get(run);
    if (fastest === undefined || fastest.request >= request) return false;
    this.#drop.run(fastest.key);
    found.counts.slowest -= 1;
    found.bytes -= fastest.bytes;
    return true;
  }

  #found(run: number): Kept {
    const known = this.#kept.get(run);
    if (known !== undefined) return known;
    const kept: Kept = {
      counts: { once: 0, failed: 0, slowest: 0, setup: 0 },
      alike: new Map(),
      bytes: 0,
    };
    const rows = this.#db
      .prepare<
        [number],
        { why: KeptRequest['why']; step: number; error: string; n: number; bytes: number | null }
      >(
        `SELECT why, step, error, count(*) AS n, sum(length(data)) AS bytes FROM kept_requests WHERE run = ? GROUP BY why, step, error`,
      )
      .all(run);
    for (const { why, step, error, n, bytes } of rows) {
      kept.counts[why] += n;
      kept.bytes += bytes ?? 0;
      if (why === 'failed') kept.alike.set(likeness(step, error), n);
    }
    this.#kept.set(run, kept);
    return kept;
  }
}
