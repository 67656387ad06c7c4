/** Requests on their way into the database: as columns from the engine, or as bytes from a file in which they waited. */
import { z } from 'zod';
import { valueColumns, type RequestColumns } from '#engine/requests/columns';
import { encodeRequests, RequestBlock, spanOf } from './block.ts';

const floats = z.instanceof(Float64Array);
const bytes = z.instanceof(Uint8Array);
const shorts = z.instanceof(Uint16Array);
const longs = z.instanceof(Uint32Array);

const Columns = z
  .object({
    length: z.number().int().min(1),
    step: shorts,
    vu: longs,
    iteration: longs,
    intendedAt: floats,
    sentAt: floats,
    outcome: bytes,
    status: shorts,
    error: shorts,
    errors: z.array(z.string()),
    retries: bytes,
    bytesSent: floats,
    bytesReceived: floats,
    checksPassed: bytes,
    checksFailed: bytes,
    excluded: bytes,
    values: z.record(z.enum(valueColumns), z.instanceof(Float32Array)),
  })
  .refine(
    (columns) =>
      [...Object.values(columns), ...Object.values(columns.values)].every(
        (column) => !ArrayBuffer.isView(column) || column.byteLength === columns.length * widthOf(column),
      ),
    'columns differ in length',
  );

function widthOf(column: ArrayBufferView): number {
  return 'BYTES_PER_ELEMENT' in column ? Number(column.BYTES_PER_ELEMENT) : 1;
}

const firstId = z.number().int().min(1);

/** What the engine hands over. */
export const TakenColumns = z.object({ firstId, columns: Columns });
/** The same in a file of text: `data` is a block, base64. */
export const TakenBlock = z.object({ firstId, data: z.base64() });
/** Either. */
export const TakenRequests = z.union([TakenColumns, TakenBlock]);

export interface StoredRequests {
  firstId: number;
  count: number;
  fromAt: number;
  toAt: number;
  data: Buffer;
}

/** As a row of the table has them. Throws where bytes are none of a block. */
export function storedRequests(taken: z.output<typeof TakenRequests>): StoredRequests {
  if ('columns' in taken) {
    const columns: RequestColumns = taken.columns;
    const [fromAt, toAt] = spanOf(columns);
    return { firstId: taken.firstId, count: columns.length, fromAt, toAt, data: encodeRequests(columns) };
  }
  const data = Buffer.from(taken.data, 'base64');
  const block = new RequestBlock(data);
  const at = block.column('intendedAt');
  return {
    ...{ firstId: taken.firstId, count: block.length, data },
    fromAt: at.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    toAt: at.reduce((a, b) => Math.max(a, b), Number.MIN_SAFE_INTEGER),
  };
}

/** Requests of a batch as text can hold them; what is none is left as it is. */
export function asText(raw: unknown): unknown {
  const taken = TakenColumns.safeParse(raw);
  if (!taken.success) return raw;
  const { firstId: first, columns } = taken.data;
  return { firstId: first, data: encodeRequests(columns).toString('base64') };
}

/** How many requests a part of a batch holds; 0 where it is none. */
export function countTaken(raw: unknown): number {
  const found = z.object({ columns: z.object({ length: z.number() }) }).safeParse(raw);
  return found.success ? found.data.columns.length : 0;
}
