import type { BargeInOutcome, TurnRecord } from '#contract/run';
import type { PlanTurn } from '../plan.ts';
import type { IncomingAudio } from '../protocols/adapter.ts';
import type { HeardFrame } from './ear.ts';

/** Audio of the old answer after a stop that still counts as having stopped. */
export const allowedLeftoverMs = 200;

/** The playout clock ran dry by more than this before audio of the same answer went on: an underrun. */
const underrunToleranceMs = 20;

/** A turn while it goes on. Stamps in milliseconds since the run's base; `null` until it happens. */
export class Turn {
  readonly index: number;
  readonly plan: PlanTurn;
  readonly clipName: string;
  readonly startedAt: number;
  onsetAt: number | null = null;
  endOfSpeechAt: number | null = null;
  firstMessageAt: number | null = null;
  transcriptAt: number | null = null;
  firstAudioAt: number | null = null;
  firstAudibleAt: number | null = null;
  lastAudioAt: number | null = null;
  markerAt: number | null = null;
  responseEndAt: number | null = null;
  /** First frame of an answer that began before end of speech: any frame, and speech only. */
  earlyAudioAt: number | null = null;
  earlySpeechAt: number | null = null;
  talkOverMs: number | null = null;
  /** Audio after end of speech that could still belong to the old answer. */
  unattributedMs = 0;
  audioMs = 0;
  underruns = 0;
  underrunMs = 0;
  lateAudioMs = 0;
  /** A tool runs, or ended and its answer has not been heard yet. */
  toolOpen = false;
  toolEndedAt: number | null = null;
  /** The caller will interrupt this answer. */
  willBeInterrupted = false;
  interrupted = false;
  bargeInAt: number | null = null;
  agentSilentAt: number | null = null;
  stopMessageAt: number | null = null;
  leftoverMs: number | null = null;
  bargeInMs: number | null = null;
  bargeInOutcome: BargeInOutcome | null = null;
  status: TurnRecord['status'] | null = null;
  timedOut: TurnRecord['timedOut'] = null;
  ambiguous = false;
  excluded: TurnRecord['excluded'] = null;
  error: string | null = null;

  constructor(index: number, plan: PlanTurn, clipName: string, startedAt: number) {
    this.index = index;
    this.plan = plan;
    this.clipName = clipName;
    this.startedAt = startedAt;
  }

  /** A frame of this turn's answer. */
  answerAudio(audio: IncomingAudio, frame: HeardFrame): void {
    const at = frame.arrival;
    if (this.toolEndedAt !== null) this.toolOpen = false;
    if (this.audioMs > 0 && at - frame.ranDryAt > underrunToleranceMs) {
      this.underruns++;
      this.underrunMs += at - frame.ranDryAt;
    }
    if (audio.speech && this.firstAudibleAt === null)
      this.firstAudibleAt = frame.start + audio.firstAudibleMs();
    this.lastAudioAt = at;
    this.audioMs += audio.durationMs;
    this.responseEndAt = null;
  }

  /** A tool keeps the answer open until audio has followed its end. */
  tool(what: 'tool_start' | 'tool_end', at: number): void {
    if (this.endOfSpeechAt === null) return;
    if (what === 'tool_start') {
      this.toolOpen = true;
      this.toolEndedAt = null;
    } else if (this.toolOpen) this.toolEndedAt = at;
  }

  #since(from: number | null, to: number | null): number | null {
    return from === null || to === null ? null : to - from;
  }

  /** The record by the definitions of MEASUREMENT.md; latencies only where they were really measured. */
  record(call: { callId: string; vu: number; user: string; conversation: string }): TurnRecord {
    const eos = this.endOfSpeechAt;
    const answered = this.firstAudioAt !== null && this.talkOverMs === null && !this.ambiguous;
    const firstByteExpired = this.timedOut === 'first_byte';
    // An answer that came to its end before the interruption was not cut by it.
    const ended = this.status === 'ok' && this.responseEndAt !== null && !this.ambiguous;
    const limits = this.plan.timeouts;
    const firstByteLimit = Math.min(limits.first_byte, limits.turn);
    return {
      ...call,
      turn: this.index,
      clip: this.clipName,
      startedAt: this.startedAt,
      onsetAt: this.onsetAt,
      endOfSpeechAt: eos,
      firstMessageAt: this.firstMessageAt,
      transcriptAt: this.transcriptAt,
      firstAudioAt: this.firstAudioAt,
      firstAudibleAt: this.firstAudibleAt,
      lastAudioAt: this.lastAudioAt,
      responseEndAt: this.responseEndAt,
      bargeInAt: this.bargeInAt,
      agentSilentAt: this.agentSilentAt,
      stopMessageAt: this.stopMessageAt,
      ttfb:
        this.firstMessageAt !== null
          ? this.#since(eos, this.firstMessageAt)
          : firstByteExpired
            ? firstByteLimit
            : null,
      ttfa: answered ? this.#since(eos, this.firstAudioAt) : firstByteExpired ? firstByteLimit : null,
      ttfa_audible: answered ? this.#since(eos, this.firstAudibleAt) : null,
      recognition: this.#since(eos, this.transcriptAt),
      processing:
        answered && this.transcriptAt !== null && (this.firstAudioAt ?? 0) >= this.transcriptAt
          ? this.#since(this.transcriptAt, this.firstAudioAt)
          : null,
      response: ended && answered ? this.#since(this.firstAudioAt, this.responseEndAt) : null,
      delivery: ended && answered ? this.#since(this.firstAudioAt, this.lastAudioAt) : null,
      turn_time: this.timedOut === 'turn' ? limits.turn : ended ? this.#since(eos, this.responseEndAt) : null,
      barge_in: this.bargeInMs,
      leftover_audio: this.leftoverMs,
      talk_over: this.talkOverMs,
      underrun: this.underruns > 0 ? this.underrunMs : null,
      underruns: this.underruns,
      lateAudioMs: this.lateAudioMs,
      bargeInOutcome: this.bargeInOutcome,
      status: this.status ?? 'cut',
      timedOut: this.timedOut,
      ambiguous: this.ambiguous,
      excluded: this.excluded,
      error: this.error,
      audioReceivedMs: this.audioMs,
    };
  }
}
