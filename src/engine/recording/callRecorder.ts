/** Records one connection of a call: what its microphone sent, what its caller heard, and every message. */
import { rms } from '#contract/audio/level';
import type { EncodedFrame, IncomingMessage, Outgoing } from '../protocols/adapter.ts';
import { FrameLog, type FrameLogBounds } from './frameLog.ts';
import { agentLane, callerLane, Lanes, type LaneName } from './lanes.ts';
import { MessageLog } from './messageLog.ts';
import { messageText } from './messageText.ts';
import type { RecordedIdentity, RecordingPart } from './part.ts';
import type { RecordingRoom } from './room.ts';

/** Samples behind the encoded frames of a microphone, with their RMS. */
export type FrameSounds = ReadonlyMap<EncodedFrame, { samples: Int16Array; amplitude: number }>;

/** What all recordings of a thread have in common. */
export interface RecorderTerms {
  room: RecordingRoom;
  sounds: FrameSounds;
  /** The protocol's word for an audio message. */
  audioKind: string;
  /** RMS from which audio counts as sound. */
  audibleAmplitude: number;
  /** Decodes an audio message; the samples are the decoder's again at the next call. */
  decode: (audio: NonNullable<IncomingMessage['audio']>) => Int16Array;
  longestMs: number;
  mostMessages: number;
  /** Every frame is logged by itself; null: none. */
  frames: FrameLogBounds | null;
}

/** A message in memory beside its text. */
const messageBytes = 250;
const noRoom =
  'more audio waited to be written than a thread of the engine may hold; the call went on without being recorded';

export class CallRecorder {
  readonly #call: RecordedIdentity;
  readonly #terms: RecorderTerms;
  readonly #lanes: Lanes;
  readonly #log: MessageLog;
  readonly #frames: FrameLog | null;
  readonly #samplesPerMs: number;
  readonly #limit: number;
  #ready: EncodedFrame | null = null;
  #messageBytes = 0;
  #logging = true;
  #incomplete: string | null = null;
  /** Position at which it was given up; null: it goes on. */
  #stoppedAt: number | null = null;
  /** Position at which the call ended. */
  #endsAt: number | null = null;

  constructor(call: RecordedIdentity, terms: RecorderTerms) {
    this.#call = call;
    this.#terms = terms;
    this.#lanes = new Lanes(call.sampleRate, terms.room);
    this.#log = new MessageLog(terms.audibleAmplitude);
    this.#frames = terms.frames === null ? null : new FrameLog(call.startedAt, terms.frames);
    this.#samplesPerMs = call.sampleRate / 1000;
    this.#limit = Math.round(terms.longestMs * this.#samplesPerMs);
  }

  get ended(): boolean {
    return this.#endsAt !== null;
  }

  /** The frame that the next `sent` is about. */
  stage(frame: EncodedFrame): void {
    this.#ready = frame;
    this.#frames?.stage(frame.bytes);
  }

  /**
   * A frame was sent at `now`. It lies at `due`, its place in the schedule: frames that a late thread sent one right
   * after the other would otherwise cover each other.
   */
  sent(due: number, now: number): void {
    const frame = this.#ready;
    this.#ready = null;
    const sound = frame && this.#terms.sounds.get(frame);
    if (!sound || this.#over(now)) return;
    const { samples, amplitude } = sound;
    const audioMs = samples.length / this.#samplesPerMs;
    const audio = { kind: this.#terms.audioKind, bytes: frame.bytes.length, audioMs, amplitude };
    this.#frames?.sentAudio(audio, now);
    if (this.#logging) this.#log.audio('sent', audio, now);
    this.#write(callerLane, this.#position(due), samples, now);
  }

  /** A message of the protocol was sent. */
  said(out: Outgoing, at: number): void {
    if (this.#over(at)) return;
    this.#frames?.sent(out, at);
    this.#message({
      at,
      direction: 'sent',
      kind: out.kind ?? '(message)',
      class: null,
      bytes: out.bytes.length,
      text: out.binary ? null : messageText(out.bytes),
    });
  }

  /**
   * Messages arrived at `at`, all in one of the socket's. `playedUntil`: when what has arrived with `message` has been
   * played, by the playout clock of the call.
   */
  heard(
    message: IncomingMessage,
    from: { data: Buffer; binary: boolean },
    playedUntil: number,
    at: number,
  ): void {
    if (this.#over(at)) return;
    const { audio } = message;
    if (audio) {
      const samples = this.#terms.decode(audio);
      const amplitude = rms(samples);
      const audioMs = samples.length / this.#samplesPerMs;
      this.#frames?.received(message, from, amplitude, at);
      if (this.#logging)
        this.#log.audio('received', { kind: message.kind, bytes: from.data.length, audioMs, amplitude }, at);
      this.#write(agentLane, this.#position(playedUntil - audio.durationMs), samples, at);
      return;
    }
    this.#frames?.received(message, from, null, at);
    if (message.class === 'stop') this.#lanes.cutAgent(this.#position(playedUntil));
    this.#message({
      at,
      direction: 'received',
      kind: message.kind,
      class: message.class,
      bytes: from.data.length,
      text: from.binary ? null : messageText(from.data),
    });
  }

  /** The call is over. `playedOut`: what had arrived is heard to its end, because it was the agent that hung up. */
  end(now: number, playedOut: boolean): void {
    if (this.#endsAt !== null) return;
    const heardUntil = playedOut ? this.#lanes.end(agentLane) : 0;
    const end = Math.max(this.#position(now), this.#lanes.end(callerLane), heardUntil);
    this.#endsAt = Math.min(end, this.#stoppedAt ?? this.#limit);
    if (end > this.#limit) this.#tooLong();
    this.#lanes.endAt(this.#endsAt);
    this.#log.end();
  }

  /** Everything until now that was not fetched before. */
  take(now: number): RecordingPart {
    const until = this.#endsAt ?? Math.min(this.#position(now), this.#stoppedAt ?? this.#limit);
    const stretches = this.#lanes.take(until);
    if (this.#lanes.taken < until) this.#giveUp(noRoom, now);
    if (this.ended) this.#lanes.release();
    this.#terms.room.giveBack(this.#messageBytes);
    this.#messageBytes = 0;
    return {
      ...this.#call,
      stretches,
      messages: this.#log.take(),
      frames: this.#frames?.take() ?? [],
      framesLost: this.#frames?.lost ?? 0,
      incomplete: this.#incomplete,
      ended: this.ended,
      why: 'chosen',
      withoutAudio: null,
    };
  }

  #position(ms: number): number {
    return Math.round((ms - this.#call.startedAt) * this.#samplesPerMs);
  }

  /** Whether nothing more is recorded. */
  #over(now: number): boolean {
    if (this.#stoppedAt !== null || this.#endsAt !== null) return true;
    if (this.#position(now) < this.#limit) return false;
    this.#tooLong();
    return true;
  }

  #tooLong(): void {
    const minutes = Math.round(this.#terms.longestMs / 60_000);
    this.#stop(`the call is longer than ${minutes} minutes; the rest was not recorded`, this.#limit);
  }

  #giveUp(reason: string, now: number): void {
    this.#stop(reason, Math.min(this.#position(now), this.#limit));
  }

  #stop(reason: string, position: number): void {
    this.#incomplete ??= reason;
    if (this.#stoppedAt !== null) return;
    this.#stoppedAt = Math.max(position, this.#lanes.taken);
    this.#lanes.endAt(this.#stoppedAt);
    this.#log.end();
  }

  #write(lane: LaneName, position: number, samples: Int16Array, now: number): void {
    if (!this.#lanes.write(lane, position, samples)) this.#giveUp(noRoom, now);
  }

  #message(message: Parameters<MessageLog['message']>[0]): void {
    if (!this.#logging) return;
    const { mostMessages, room } = this.#terms;
    const bytes = messageBytes + 2 * (message.text?.length ?? 0);
    if (this.#log.count >= mostMessages) {
      this.#logging = false;
      this.#log.end();
      this.#incomplete ??= `the call had more than ${mostMessages} messages; the later ones were not recorded`;
    } else if (room.take(bytes)) {
      this.#messageBytes += bytes;
      this.#log.message(message);
    } else this.#giveUp(noRoom, message.at);
  }
}
