/** Files being made of one run: fetched piece by piece for a download, or written into the workspace. */
import type { MadeFile, ReportKind } from '#contract/api/reports';
import type { Result } from '#contract/errors';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { api } from '../api/index.ts';
import { offer } from '../frame/download.ts';
import { messages } from '../frame/messages.svelte.ts';
import { bytesOf } from '../sound/base64.ts';

/** What is being done about one kind: how far making it has come, then how far fetching it. */
export interface Work {
  doing: 'download' | 'save';
  /** 0–1. */
  done: number;
}

/** Where the files of one kind were written to. */
export interface Saved {
  folder: string;
  files: string[];
}

export class Exporting {
  readonly #runId: string;
  readonly #work = new SvelteMap<ReportKind, Work>();
  readonly #saved = new SvelteMap<ReportKind, Saved>();
  readonly #cancelled = new SvelteSet<ReportKind>();

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** Follows how far the application has come; returns how to stop following. */
  follow(): () => void {
    return api.reports.on('progress', ({ runId, kind, state, done }) => {
      const work = this.#work.get(kind);
      if (runId !== this.#runId || work === undefined || state !== 'working') return;
      this.#work.set(kind, { ...work, done: work.doing === 'save' ? done : done * 0.8 });
    });
  }

  work(kind: ReportKind): Work | null {
    return this.#work.get(kind) ?? null;
  }

  saved(kind: ReportKind): Saved | null {
    return this.#saved.get(kind) ?? null;
  }

  /** Has the files made and hands them to the browser, which asks where they go, or knows. */
  async download(kind: ReportKind): Promise<void> {
    await this.#during(kind, 'download', async () => {
      const blobs = await this.#fetch(kind);
      if (!blobs.ok) return blobs;
      for (const { file, blob } of blobs.value) offer(blob, file.name);
      return { ok: true, value: undefined };
    });
  }

  /** Has the files written into the workspace's folder for exports. */
  async save(kind: ReportKind): Promise<void> {
    await this.#during(kind, 'save', async () => {
      const saved = await api.reports.save({ runId: this.#runId, kind });
      if (saved.ok) this.#saved.set(kind, saved.value);
      return saved;
    });
  }

  /** The text of a kind that is one file. */
  async text(kind: ReportKind): Promise<Result<string>> {
    const blobs = await this.#fetch(kind);
    if (!blobs.ok) return blobs;
    return { ok: true, value: (await blobs.value[0]?.blob.text()) ?? '' };
  }

  cancel(kind: ReportKind): void {
    this.#cancelled.add(kind);
    void api.reports.cancel({ runId: this.#runId, kind });
  }

  async #during(kind: ReportKind, doing: Work['doing'], work: () => Promise<Result<unknown>>): Promise<void> {
    if (this.#work.has(kind)) return;
    this.#cancelled.delete(kind);
    this.#saved.delete(kind);
    this.#work.set(kind, { doing, done: 0 });
    const result = await work();
    this.#work.delete(kind);
    if (!result.ok && !this.#cancelled.has(kind)) messages.error(result.error);
  }

  async #fetch(kind: ReportKind): Promise<Result<{ file: MadeFile; blob: Blob }[]>> {
    const made = await api.reports.make({ runId: this.#runId, kind });
    if (!made.ok) return made;
    const total = made.value.reduce((sum, file) => sum + file.bytes, 0);
    const blobs: { file: MadeFile; blob: Blob }[] = [];
    let fetched = 0;
    try {
      for (const file of made.value) {
        const parts: Uint8Array<ArrayBuffer>[] = [];
        for (let offset: number | null = 0; offset !== null;) {
          const piece = await api.reports.read({ id: file.id, offset });
          if (!piece.ok) return piece;
          if (this.#cancelled.has(kind)) {
            return {
              ok: false,
              error: { kind: 'refused', code: 'cancelled', message: 'The download was cancelled.' },
            };
          }
          const bytes = bytesOf(piece.value.data);
          parts.push(bytes);
          fetched += bytes.length;
          offset = piece.value.next;
          const work = this.#work.get(kind);
          if (work) this.#work.set(kind, { ...work, done: 0.8 + 0.2 * (fetched / Math.max(1, total)) });
        }
        blobs.push({ file, blob: new Blob(parts, { type: file.mime }) });
      }
      return { ok: true, value: blobs };
    } finally {
      void api.reports.discard({ ids: made.value.map(({ id }) => id) });
    }
  }
}
