import type { AppError } from '#contract/errors';
import type { RecordedCall, RecordedMessage } from '#contract/recording';
import type { RunDetail, TurnRecord } from '#contract/run';
import { api } from '../api/index.ts';
import { CallAxis } from './callAxis.svelte.ts';
import { CallChunks, chunkMs } from './callChunks.ts';
import { CallPlayer } from './callPlayer.svelte.ts';
import { type Gap, gapsOf, type Moment, momentsOf } from './moments.ts';

const messagesAtOnce = 1000;
/** More messages than this are not listed. */
const mostMessages = 20_000;
/** Up to this much in view its sound is fetched, so that it can be drawn finely. */
const finelyDrawnMs = 300_000;

/** Everything that is on screen of one recorded call. */
export interface OpenCall {
  call: RecordedCall;
  turns: TurnRecord[];
  moments: Moment[];
  gaps: Gap[];
  callerPeaks: number[];
  agentPeaks: number[];
  chunks: CallChunks;
  axis: CallAxis;
  player: CallPlayer;
}

/** One connection of a call on screen: what was recorded of it. */
export class CallView {
  readonly runId: string;
  readonly callId: string;
  readonly attempt: number;
  #detail: RunDetail | null = $state.raw(null);
  #open: OpenCall | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #attempts: RecordedCall[] = $state.raw([]);
  #messages: RecordedMessage[] = $state.raw([]);
  #messageTotal: number | null = $state(null);
  #messageError: AppError | null = $state.raw(null);
  #soundError: AppError | null = $state.raw(null);
  #drawn = $state(0);
  /** Tells what was asked last: answers to anything before are not for us any more. */
  #turn = 0;
  #fetching = 0;

  constructor(runId: string, callId: string, attempt: number) {
    this.runId = runId;
    this.callId = callId;
    this.attempt = attempt;
  }

  /** The run it belongs to, once it is known. */
  get detail(): RunDetail | null {
    return this.#detail;
  }

  get open(): OpenCall | null {
    return this.#open;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Recorded connections of the same call, in order. */
  get attempts(): RecordedCall[] {
    return this.#attempts;
  }

  /** Its messages in order of time, as far as they have come. */
  get messages(): RecordedMessage[] {
    return this.#messages;
  }

  /** How many there are; null: not known yet. */
  get messageTotal(): number | null {
    return this.#messageTotal;
  }

  get messageError(): AppError | null {
    return this.#messageError;
  }

  get soundError(): AppError | null {
    return this.#soundError;
  }

  /** Counts up when something finer can be drawn. */
  get drawn(): number {
    return this.#drawn;
  }

  /** Reads all of it, once more where it was read before. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    const { runId, callId, attempt } = this;
    const [detail, recording, recordings] = await Promise.all([
      api.runs.get({ runId }),
      api.runs.recording({ runId, callId, attempt }),
      api.runs.recordings({ runId }),
    ]);
    if (turn !== this.#turn) return;
    if (detail.ok) this.#detail = detail.value;
    if (recordings.ok) this.#attempts = recordings.value.filter((call) => call.callId === callId);
    if (!recording.ok) {
      this.#error = recording.error;
      return;
    }
    this.#error = null;
    this.#soundError = null;
    const { call, turns, callerPeaks, agentPeaks } = recording.value;
    const chunks = new CallChunks(call.sampleRate, (from, samples) =>
      api.runs.recordedAudio({ runId, callId, attempt, from, samples }),
    );
    this.#open?.player.stop();
    this.#open = {
      call,
      turns,
      moments: momentsOf(turns, call.startedAt),
      gaps: gapsOf(turns, call.startedAt),
      callerPeaks,
      agentPeaks,
      chunks,
      axis: new CallAxis(call.durationMs),
      player: new CallPlayer(chunks, call.durationMs),
    };
    await this.loadMessages();
  }

  /** Reads the messages, a page after the other. */
  async loadMessages(): Promise<void> {
    const turn = this.#turn;
    const { runId, callId, attempt } = this;
    const all: RecordedMessage[] = [];
    this.#messageError = null;
    do {
      const page = { offset: all.length, limit: messagesAtOnce };
      const answer = await api.runs.recordedMessages({ runId, callId, attempt, ...page });
      if (turn !== this.#turn) return;
      if (!answer.ok) {
        this.#messageError = answer.error;
        return;
      }
      all.push(...answer.value.messages);
      this.#messageTotal = answer.value.total;
      this.#messages = [...all];
      if (answer.value.messages.length === 0) return;
    } while (all.length < Math.min(this.#messageTotal, mostMessages));
  }

  /** Fetches the sound of a stretch that is in view, unless it is too much to be drawn finely anyway. */
  async fetchSound(fromMs: number, toMs: number): Promise<void> {
    const open = this.#open;
    const fetching = ++this.#fetching;
    if (!open || toMs - fromMs > finelyDrawnMs) return;
    const last = Math.ceil(Math.min(toMs, open.call.durationMs) / chunkMs) - 1;
    for (let chunk = Math.max(0, Math.floor(fromMs / chunkMs)); chunk <= last; chunk++) {
      if (open.chunks.outline(chunk) && (open.chunks.at(chunk) || toMs - fromMs > chunkMs)) continue;
      const answer = await open.chunks.get(chunk);
      // Something else is in view by now.
      if (fetching !== this.#fetching) return;
      this.#soundError = answer.ok ? null : answer.error;
      if (!answer.ok) return;
      this.#drawn += 1;
    }
  }

  close(): void {
    this.#turn += 1;
    this.#fetching += 1;
    this.#open?.player.stop();
  }
}
