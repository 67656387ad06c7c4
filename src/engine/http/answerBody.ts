/** The body of an answer: kept up to a limit, decoded from its content encoding when it is wanted. */
import {
  brotliDecompress,
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzip,
  gunzipSync,
  inflate,
  inflateSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import type { HttpFailure } from './exchange.ts';
import { tooLarge } from './failure.ts';

type Encoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Bodies up to this are decoded at once; larger ones beside what goes on. */
const atOnceBytes = 65_536;

const empty = Buffer.alloc(0);

/** The encoding that a header names; null: none, or one that is not known and left as it is. */
export function encodingOf(header: string | string[] | undefined): Encoding | null {
  if (header === undefined) return null;
  const name = String(header).trim().toLowerCase();
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  return name === 'deflate' || name === 'br' || name === 'zstd' ? name : null;
}

/** Decodes piece by piece, for streams. */
export function decoder(encoding: Encoding): Transform {
  if (encoding === 'gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : createZstdDecompress();
}

const sync = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync, zstd: zstdDecompressSync };

interface Limit {
  maxOutputLength: number;
}
type Told = (error: Error | null, decoded: Buffer) => void;
const async: Record<Encoding, (body: Buffer, limit: Limit, told: Told) => void> = {
  gzip: (body, limit, told) => gunzip(body, limit, told),
  deflate: (body, limit, told) => inflate(body, limit, told),
  br: (body, limit, told) => brotliDecompress(body, limit, told),
  zstd: (body, limit, told) => zstdDecompress(body, limit, told),
};

export type Decoded = (body: Buffer | null, failure: HttpFailure | null) => void;

export class AnswerBody {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #tooLarge = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#maxBytes) this.#chunks.push(chunk);
    else if (!this.#tooLarge) {
      this.#tooLarge = true;
      this.#chunks = [];
    }
  }

  /** Why it cannot be taken any more; null: it can. */
  get failure(): HttpFailure | null {
    return this.#tooLarge ? tooLarge(this.#maxBytes) : null;
  }

  /** The whole body; `done` may be called at once. */
  take(encoding: Encoding | null, done: Decoded): void {
    if (this.#tooLarge) return done(null, tooLarge(this.#maxBytes));
    const [first, second] = this.#chunks;
    const body = first === undefined ? empty : second === undefined ? first : Buffer.concat(this.#chunks);
    if (encoding === null || body.length === 0) return done(body, null);
    const limit = { maxOutputLength: this.#maxBytes };
    if (body.length > atOnceBytes) {
      async[encoding](body, limit, (error, decoded) =>
        error ? done(null, this.#failure(error, encoding)) : done(decoded, null),
      );
      return;
    }
    let decoded: Buffer;
    try {
      decoded = sync[encoding](body, limit);
    } catch (error) {
      return done(null, this.#failure(error, encoding));
    }
    done(decoded, null);
  }

  #failure(error: unknown, encoding: Encoding): HttpFailure {
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(this.#maxBytes)
      : notDecoded(encoding);
  }
}

export function notDecoded(encoding: Encoding): HttpFailure {
  return { kind: 'protocol', message: `the body is not ${encoding}, as its content-encoding says` };
}
