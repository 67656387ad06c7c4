/** Where the time of one request went, as bars on one axis that begins when it was to begin. Pure. */
import type { RequestRecord } from '#contract/requests';

export type PartName =
  | 'queue'
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'first_byte'
  | 'download'
  | 'first_token'
  | 'first_audio'
  | 'final_result';

/** A stretch of a request's time, ms since it was to begin. */
export interface Part {
  name: PartName;
  from: number;
  ms: number;
  /** It lies within another part. */
  within: boolean;
}

export interface Waterfall {
  parts: Part[];
  /** How far the axis reaches, ms. */
  end: number;
  /** When it was sent; null: it never was. */
  sent: number | null;
}

type Timed = Pick<
  RequestRecord,
  | 'intendedAt'
  | 'sentAt'
  | 'request'
  | 'queue'
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'first_byte'
  | 'download'
  | 'first_token'
  | 'first_audio'
  | 'final_result'
>;

/**
 * A connection is opened at the end of the queue, one step after the other, as nothing is sent before it is open. What a
 * stream brought (`first_token`, `first_audio`) lies within the rest, and the final result ends where the answer does.
 */
export function waterfall(record: Timed): Waterfall {
  const sent = record.sentAt === null ? null : Math.max(0, record.queue ?? record.sentAt - record.intendedAt);
  const parts: Part[] = [];
  const queue = sent ?? record.queue;
  if (queue !== null) parts.push({ name: 'queue', from: 0, ms: queue, within: false });
  const opening = (['dns', 'tcp', 'tls'] as const).filter((name) => record[name] !== null);
  let at = Math.max(0, (queue ?? 0) - opening.reduce((sum, name) => sum + (record[name] ?? 0), 0));
  for (const name of opening) {
    const ms = record[name] ?? 0;
    parts.push({ name, from: at, ms, within: true });
    at += ms;
  }
  const start = sent ?? 0;
  const firstByte = record.first_byte;
  if (firstByte !== null) parts.push({ name: 'first_byte', from: start, ms: firstByte, within: false });
  if (record.download !== null)
    parts.push({ name: 'download', from: start + (firstByte ?? 0), ms: record.download, within: false });
  for (const name of ['first_token', 'first_audio'] as const) {
    const ms = record[name];
    if (ms !== null) parts.push({ name, from: start, ms, within: true });
  }
  const end = Math.max(record.request ?? 0, ...parts.map(({ from, ms }) => from + ms));
  const final = record.final_result;
  if (final !== null)
    parts.push({ name: 'final_result', from: Math.max(0, end - final), ms: final, within: true });
  return { parts, end, sent };
}
