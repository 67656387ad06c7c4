/** The clips a screen may see: those of known folders, by ids that lead nowhere else. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ClipFacts } from '#contract/api/clips';
import { fail, ok, type Result } from '#contract/errors';
import { measureClip, type ClipMeasures } from './clipFile.ts';
import { FolderListing } from './listing.ts';
import { isClipName, isPlainName } from './names.ts';

/** A clip that was measured. */
export interface SeenClip {
  facts: ClipFacts;
  measures: ClipMeasures;
}

export interface ShelfOptions {
  /** Absolute folder of the workspace: clips anywhere in it may be seen. */
  workspace: string;
  /** Further folders that are known from the start. */
  folders: readonly string[];
}

interface Remembered {
  size: number;
  mtimeMs: number;
  measured: Result<ClipMeasures>;
}

const mostRemembered = 5000;

function keyOf(folder: string): string {
  return createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
}

function isWithin(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return !isAbsolute(from) && from.split(sep)[0] !== '..';
}

export class ClipShelf {
  readonly #workspace: string;
  readonly #folders = new Map<string, string>();
  readonly #listings = new Map<string, FolderListing>();
  readonly #remembered = new Map<string, Remembered>();

  constructor({ workspace, folders }: ShelfOptions) {
    this.#workspace = resolve(workspace);
    for (const folder of folders) this.open(folder);
  }

  /** Makes a folder known: the operator has named it. */
  open(folder: string): void {
    this.#folders.set(keyOf(folder), resolve(folder));
  }

  /** Whether a folder is known. */
  knows(folder: string): boolean {
    return this.#folders.has(keyOf(folder));
  }

  /** Whether a screen may see this file: a clip by its name, of a known folder or of the workspace. */
  mayShow(path: string): boolean {
    const folder = dirname(resolve(path));
    const known = this.knows(folder) || isWithin(folder, this.#workspace);
    return known && isClipName(basename(path));
  }

  #idOf(path: string): string {
    const folder = dirname(path);
    this.open(folder);
    return `clip-${keyOf(folder)}-${Buffer.from(basename(path)).toString('base64url')}`;
  }

  /** Absolute path of a clip. Error: `unknown_clip`. */
  pathOf(id: string): Result<string> {
    const [, key, name] = /^clip-([0-9a-f]{16})-([\w-]+)$/.exec(id) ?? [];
    const folder = this.#folders.get(key ?? '');
    const filename = Buffer.from(name ?? '', 'base64url').toString('utf8');
    if (folder === undefined || !isPlainName(filename) || !isClipName(filename)) {
      return fail(
        'not_found',
        'unknown_clip',
        'This clip is not known here any more; open its conversation or its folder again.',
      );
    }
    return ok(join(folder, filename));
  }

  async #measured(path: string, name: string): Promise<Result<ClipMeasures>> {
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: -1, mtimeMs: -1 }));
    const before = this.#remembered.get(path);
    if (before?.size === size && before.mtimeMs === mtimeMs && size >= 0) return before.measured;
    const measured = await measureClip(path, name);
    this.#remembered.delete(path);
    this.#remembered.set(path, { size, mtimeMs, measured });
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= mostRemembered) break;
      this.#remembered.delete(oldest);
    }
    return measured;
  }

  /**
   * What is known of a clip's file, which need not be one a screen may see: the caller says so. `name`: what it is called
   * in messages. Errors: those of `readClip`.
   */
  async look(path: string, name = path): Promise<Result<SeenClip>> {
    const full = resolve(path);
    const measured = await this.#measured(full, name);
    if (!measured.ok) return measured;
    const { value: measures } = measured;
    const folder = dirname(full);
    const filename = basename(full);
    const listing = this.#listings.get(folder) ?? new FolderListing(folder);
    this.#listings.set(folder, listing);
    const said = await listing.read().then(
      ({ byName }) => byName.get(filename),
      () => undefined,
    );
    const facts: ClipFacts = {
      id: this.#idOf(full),
      filename,
      folder,
      text: said?.text || null,
      voice: said?.voice || null,
      provider: said?.provider ?? null,
      durationMs: measures.durationMs,
      level: measures.speech?.level ?? null,
      peak: measures.peak,
      leadingMs: measures.speech?.leadingMs ?? measures.durationMs,
      trailingMs: measures.speech?.trailingMs ?? measures.durationMs,
    };
    return ok({ facts, measures });
  }

  /** The facts of a clip's file; from then on a screen may see it. */
  async factsOf(path: string): Promise<Result<ClipFacts>> {
    const seen = await this.look(path);
    return seen.ok ? ok(seen.value.facts) : seen;
  }
}
