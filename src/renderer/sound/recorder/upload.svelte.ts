import type { SavedRecording } from '#contract/api/conversations';
import type { Result } from '#contract/errors';
import { api } from '../../api/index.ts';
import { base64Of } from '../base64.ts';
import { soundProblem } from '../problem.ts';
import type { RecordingSource } from './source.ts';

/** Bytes sent at once; a multiple of four, so that no sample is torn. */
const partBytes = 1_000_000;

export interface SaveOptions {
  name: string;
  trim: boolean;
  normalise: boolean;
  text: string;
}

/** Sends one recording to the application, in parts. */
export class Upload {
  #sent = $state(0);
  #total = $state(0);
  #state: 'idle' | 'sending' | 'finishing' = $state('idle');
  #cancelled = false;

  /** 0–1. */
  get share(): number {
    return this.#total === 0 ? 0 : this.#sent / this.#total;
  }

  get state(): 'idle' | 'sending' | 'finishing' {
    return this.#state;
  }

  /** Stops sending; what was sent is thrown away. What is being converted already is not stopped. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** Sends and saves; null when it was cancelled. */
  async send(source: RecordingSource, options: SaveOptions): Promise<Result<SavedRecording> | null> {
    this.#cancelled = false;
    this.#state = 'sending';
    this.#sent = 0;
    this.#total = source.bytes;
    try {
      return await this.#send(source, options);
    } finally {
      this.#state = 'idle';
    }
  }

  async #send(
    source: RecordingSource,
    { name, ...finish }: SaveOptions,
  ): Promise<Result<SavedRecording> | null> {
    const begun = await api.conversations.beginRecording({
      name,
      bytes: source.bytes,
      format: source.format,
    });
    if (!begun.ok) return begun;
    const { upload } = begun.value;
    const giveUp = () => api.conversations.cancelRecording({ upload });
    while (this.#sent < source.bytes) {
      if (this.#cancelled) {
        await giveUp();
        return null;
      }
      const to = Math.min(source.bytes, this.#sent + partBytes);
      let data: string;
      try {
        data = base64Of(await source.read(this.#sent, to));
      } catch (thrown) {
        await giveUp();
        return soundProblem(
          'unavailable',
          'file_unreadable',
          'The file cannot be read any more; it may have been moved or deleted. Choose it again.',
          thrown,
        );
      }
      const added = await api.conversations.addToRecording({ upload, data });
      if (!added.ok) {
        await giveUp();
        return added;
      }
      this.#sent = to;
    }
    this.#state = 'finishing';
    return api.conversations.finishRecording({ upload, ...finish });
  }
}
