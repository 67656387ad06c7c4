import type { AppError } from '#contract/errors';
import type { RecordedCall, RecordedMessage } from '#contract/recording';
import type { CallRecord, RunDetail, TurnRecord } from '#contract/run';
import { api } from '../api/index.ts';
import { CallAxis } from './callAxis.svelte.ts';
import { CallChunks, chunkMs } from './callChunks.ts';
import { CallPlayer } from './callPlayer.svelte.ts';
import { CallCursor } from './callCursor.svelte.ts';
import { extentOf, type Gap, gapsOf, type Moment, momentsOf, type Spoken, spokenIn } from './moments.ts';

const messagesAtOnce = 1000;
/** More messages than this are not listed. */
const mostMessages = 20_000;
/** Up to this much in view its sound is fetched, so that it can be drawn finely. */
const finelyDrawnMs = 300_000;

/** What can be heard of a call. */
export interface CallSound {
  callerPeaks: number[];
  agentPeaks: number[];
  chunks: CallChunks;
  player: CallPlayer;
}

/** Everything that is on screen of one connection of a call. */
export interface OpenCall {
  /** null: it goes on. */
  record: CallRecord | null;
  /** null: nothing was kept beside what was measured. */
  recorded: RecordedCall | null;
  /** Stamp of the axis' beginning. */
  startedAt: number;
  turns: TurnRecord[];
  moments: Moment[];
  gaps: Gap[];
  /** Who spoke when, by what was measured. */
  spoken: Spoken[];
  axis: CallAxis;
  /** null: its sound was not kept. */
  sound: CallSound | null;
  cursor: CallCursor | CallPlayer;
}

/** A connection of the run. */
export interface Connection {
  callId: string;
  attempt: number;
}

/** One connection of a call on screen: what was measured of it, and what was recorded. */
export class CallView {
  readonly runId: string;
  readonly callId: string;
  readonly attempt: number;
  #detail: RunDetail | null = $state.raw(null);
  #open: OpenCall | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #attempts: number[] = $state.raw([]);
  #before: Connection | null = $state.raw(null);
  #after: Connection | null = $state.raw(null);
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

  /** Numbers of the connections of the same call, in order. */
  get attempts(): number[] {
    return this.#attempts;
  }

  /** The connection of the run that began before it, and the one after; null: none, or not known. */
  get before(): Connection | null {
    return this.#before;
  }

  get after(): Connection | null {
    return this.#after;
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
    const [detail, answer] = await Promise.all([
      api.runs.get({ runId }),
      api.runs.call({ runId, callId, attempt }),
    ]);
    if (turn !== this.#turn) return;
    if (detail.ok) this.#detail = detail.value;
    if (!answer.ok) {
      this.#error = answer.error;
      return;
    }
    const { record, attempts, recorded, turns } = answer.value;
    this.#soundError = null;
    const sound = recorded?.audio ? await this.#loadSound(recorded) : null;
    if (turn !== this.#turn) return;
    this.#attempts = attempts;
    this.#error = null;
    this.#open?.sound?.player.stop();
    const { startedAt, durationMs } = extentOf({ record, recorded: sound ? recorded : null, turns });
    this.#open = {
      record,
      recorded,
      startedAt,
      turns,
      moments: momentsOf(turns, startedAt),
      gaps: gapsOf(turns, startedAt),
      spoken: spokenIn(turns, startedAt),
      axis: new CallAxis(durationMs),
      sound,
      cursor: sound?.player ?? new CallCursor(durationMs),
    };
    await Promise.all([recorded ? this.loadMessages() : undefined, this.#findNeighbours(startedAt, record)]);
  }

  async #loadSound(recorded: RecordedCall): Promise<CallSound | null> {
    const { runId, callId, attempt } = this;
    const answer = await api.runs.recording({ runId, callId, attempt });
    if (!answer.ok) {
      this.#soundError = answer.error;
      return null;
    }
    const { callerPeaks, agentPeaks } = answer.value;
    const chunks = new CallChunks(recorded.sampleRate, (from, samples) =>
      api.runs.recordedAudio({ runId, callId, attempt, from, samples }),
    );
    return { callerPeaks, agentPeaks, chunks, player: new CallPlayer(chunks, recorded.durationMs) };
  }

  async #findNeighbours(startedAt: number, record: CallRecord | null): Promise<void> {
    const turn = this.#turn;
    const { runId } = this;
    const at = record?.startedAt ?? startedAt;
    const beside = (by: { after: number } | { before: number }) =>
      api.runs.calls({ runId, ...by, sort: { by: 'startedAt', descending: 'before' in by }, limit: 1 });
    const [before, after] = await Promise.all([beside({ before: at }), beside({ after: at })]);
    if (turn !== this.#turn) return;
    this.#before = before.ok ? (before.value.calls[0] ?? null) : null;
    this.#after = after.ok ? (after.value.calls[0] ?? null) : null;
  }

  /** The connection in which a turn of this call was spoken; null: it is not among its turns. */
  async connectionOf(turn: number): Promise<number | null> {
    const { runId, callId } = this;
    for (const attempt of this.#attempts) {
      const answer = await api.runs.call({ runId, callId, attempt });
      if (answer.ok && answer.value.turns.some((one) => one.turn === turn)) return attempt;
    }
    return null;
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
    if (!open?.sound || toMs - fromMs > finelyDrawnMs) return;
    const { chunks } = open.sound;
    const last = Math.ceil(Math.min(toMs, open.axis.durationMs) / chunkMs) - 1;
    for (let chunk = Math.max(0, Math.floor(fromMs / chunkMs)); chunk <= last; chunk++) {
      if (chunks.outline(chunk) && (chunks.at(chunk) || toMs - fromMs > chunkMs)) continue;
      const answer = await chunks.get(chunk);
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
    this.#open?.sound?.player.stop();
  }
}
