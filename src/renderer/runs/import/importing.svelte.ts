/** Result files on their way into the history: sent in pieces, looked at, then kept as a run. */
import type { ImportOutcome, ResultsFound } from '#contract/api/results';
import type { AppError, Result } from '#contract/errors';
import { api } from '../../api/index.ts';

/** Bytes of a file in one piece; in base64 it stays below what one message may hold. */
const pieceBytes = 512 * 1024;

export const mostFiles = 16;

type Stage = 'choose' | 'sending' | 'looking' | 'chosen' | 'keeping' | 'done';

/** Names that were typed in; empty: as they were found. */
export interface ImportNames {
  name: string;
  scenario: string;
  environment: string;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** One import, from the choice of files to the run it became. */
export class ResultImport {
  #stage: Stage = $state('choose');
  #done = $state(0);
  #error: AppError | null = $state.raw(null);
  #found: ResultsFound | null = $state.raw(null);
  #outcome: ImportOutcome | null = $state.raw(null);
  #files: readonly File[] = $state.raw([]);
  #id: string | null = null;
  /** Counts up with every choice of files and every cancelling, so that what is overtaken stops. */
  #turn = 0;

  get stage(): Stage {
    return this.#stage;
  }

  /** 0–1 of what is being done. */
  get done(): number {
    return this.#done;
  }

  get error(): AppError | null {
    return this.#error;
  }

  get found(): ResultsFound | null {
    return this.#found;
  }

  get outcome(): ImportOutcome | null {
    return this.#outcome;
  }

  get files(): readonly File[] {
    return this.#files;
  }

  get busy(): boolean {
    return this.#stage === 'sending' || this.#stage === 'looking' || this.#stage === 'keeping';
  }

  /** Follows the application's progress until the returned function is called. */
  follow(): () => void {
    return api.results.on('progress', ({ id, state, done }) => {
      if (id === this.#id && (state === 'reading' || state === 'writing'))
        this.#done = state === 'reading' ? done * 0.8 : 0.8 + done * 0.2;
    });
  }

  /** Sends these files and has them looked at; what was chosen before is forgotten. */
  async choose(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.cancel();
    this.#files = files;
    if (files.length > mostFiles) {
      const message = `${files.length} files were chosen; at most ${mostFiles} belong to one run. Choose those of one run.`;
      this.#error = { kind: 'invalid_input', code: 'too_many_files', message };
      return;
    }
    const turn = this.#turn;
    this.#stage = 'sending';
    const sent = await this.#send(files, turn);
    if (turn !== this.#turn) return;
    if (!sent.ok) return this.#fail(sent.error);
    this.#stage = 'looking';
    const looked = await api.results.look({ id: sent.value });
    if (turn !== this.#turn) return;
    if (!looked.ok) return this.#fail(looked.error);
    this.#found = looked.value;
    this.#stage = 'chosen';
  }

  /** Keeps what was chosen as a run. */
  async keep(names: ImportNames): Promise<void> {
    if (this.#id === null || this.#stage !== 'chosen') return;
    const turn = this.#turn;
    this.#error = null;
    this.#done = 0;
    this.#stage = 'keeping';
    const written = (text: string) => (text.trim() === '' ? undefined : text.trim());
    const kept = await api.results.finish({
      id: this.#id,
      name: written(names.name),
      scenario: written(names.scenario),
      environment: written(names.environment),
    });
    if (turn !== this.#turn) return;
    this.#id = null;
    if (!kept.ok) return this.#fail(kept.error);
    this.#outcome = kept.value;
    this.#stage = 'done';
  }

  /** Gives up what is going on; the files are chosen again. */
  cancel(): void {
    this.#turn++;
    if (this.#id !== null) void api.results.cancel({ id: this.#id });
    this.#id = null;
    this.#stage = 'choose';
    this.#done = 0;
    this.#error = null;
    this.#found = null;
    this.#outcome = null;
    this.#files = [];
  }

  async #send(files: readonly File[], turn: number): Promise<Result<string>> {
    const begun = await api.results.begin({
      files: files.map(({ name, size }) => ({ name: name.slice(-500), bytes: size })),
    });
    if (!begun.ok) return begun;
    const { id } = begun.value;
    if (turn !== this.#turn) {
      void api.results.cancel({ id });
      return { ok: true, value: id };
    }
    this.#id = id;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let sent = 0;
    for (const [index, file] of files.entries()) {
      for (let at = 0; at < file.size; at += pieceBytes) {
        const bytes = await file
          .slice(at, at + pieceBytes)
          .arrayBuffer()
          .catch(() => null);
        if (turn !== this.#turn) return { ok: true, value: id };
        if (bytes === null) {
          const message = `${file.name} cannot be read. Check that it is still there and may be opened, then choose it again.`;
          return { ok: false, error: { kind: 'unavailable', code: 'unreadable', message } };
        }
        const added = await api.results.add({ id, file: index, data: base64(new Uint8Array(bytes)) });
        if (turn !== this.#turn) return { ok: true, value: id };
        if (!added.ok) return added;
        sent += bytes.byteLength;
        this.#done = total === 0 ? 1 : sent / total;
      }
    }
    return { ok: true, value: id };
  }

  #fail(error: AppError): void {
    const files = this.#files;
    this.cancel();
    this.#files = files;
    this.#error = error;
  }
}
