/** Records of a file with one as JSON in each line, taken when they are wanted. */
import type { z } from 'zod';
import { contentOf, type Progress, type Reading, type ResultFile } from '../files.ts';

export class Lines<T> {
  readonly #schema: z.ZodType<T>;
  readonly #texts: AsyncGenerator<string>;
  #ahead: T | null = null;
  #looked = false;

  /** `file` null: there are none. */
  constructor(file: ResultFile | null, schema: z.ZodType<T>, reading: Reading, progress: Progress | null) {
    this.#schema = schema;
    this.#texts = file === null ? nothing() : linesOf(file, reading, progress);
  }

  /** The next record; lines that are none are passed over. null: there is no other. */
  async next(): Promise<T | null> {
    if (this.#looked) {
      this.#looked = false;
      return this.#ahead;
    }
    for (let line = await this.#texts.next(); line.done !== true; line = await this.#texts.next()) {
      const parsed = this.#schema.safeParse(parse(line.value));
      if (parsed.success) return parsed.data;
    }
    return null;
  }

  /** Records from here on as long as they are wanted. */
  async while(wanted: (record: T) => boolean): Promise<T[]> {
    const taken: T[] = [];
    for (let record = await this.next(); record !== null; record = await this.next()) {
      if (!wanted(record)) {
        this.#ahead = record;
        this.#looked = true;
        break;
      }
      taken.push(record);
    }
    return taken;
  }

  async all(): Promise<T[]> {
    return this.while(() => true);
  }

  /** How many lines there are, whatever they hold. */
  async count(): Promise<number> {
    let lines = 0;
    for await (const line of this.#texts) if (line !== '') lines++;
    return lines;
  }
}

async function* nothing(): AsyncGenerator<string> {}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* linesOf(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of contentOf(file, reading, progress)) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
