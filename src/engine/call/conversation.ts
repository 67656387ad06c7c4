/**
 * One call from set-up to farewell: which utterance is spoken when, and what each arriving message means for the turn
 * it belongs to. Knows no protocol, no socket and no timer: it is asked once per frame slot what to send, and told
 * when that was sent and what arrived. The definitions are MEASUREMENT.md's.
 */
import type { TurnRecord } from '#contract/run';
import type { PlanBargeIn, PlanTurn } from '../plan.ts';
import type { EncodedFrame, IncomingAudio, IncomingMessage } from '../protocols/adapter.ts';
import { Ear, type HeardFrame } from './ear.ts';
import { Interruptions } from './interruptions.ts';
import type { FrameMoment, Microphone, Utterance } from './microphone.ts';
import type { CallEnd, ConversationCounts, ConversationListener, ConversationSettings } from './terms.ts';
import { Turn } from './turn.ts';

/** Later than any moment of a run, and still a small integer to the machine. */
const never = 2 ** 31 - 1;

type Phase = 'setup' | 'greeting' | 'pause' | 'speaking' | 'waiting' | 'responding' | 'over';

interface Interruption {
  plan: PlanTurn;
  utterance: Utterance;
  skip: number;
}

export class Conversation {
  readonly counts: ConversationCounts = {
    stopIdle: 0,
    cutShort: 0,
    greetingMs: null,
    greetingMissing: false,
    continuousAgent: false,
    turnsStarted: 0,
  };
  readonly #settings: ConversationSettings;
  readonly #microphone: Microphone;
  readonly #listener: ConversationListener;
  readonly #ear = new Ear();
  readonly #interruptions: Interruptions;
  readonly #queue: PlanTurn[];
  #phase: Phase = 'setup';
  #openedAt = 0;
  /** When the next utterance may begin (`pause`). */
  #speakAt = 0;
  /** Nothing is due before this, unless something is heard or said; whole ms. Most slots only send a frame. */
  #idleUntil = 0;
  #nextIndex: number;
  #turn: Turn | null = null;
  /** The turn before, finished but kept back for its late audio and its barge-in. */
  #previous: Turn | null = null;
  #sessionEnded = false;
  #stopping = false;
  #pendingMoment: FrameMoment = null;
  #answeredInTime = false;
  /** The greeting was heard while the caller already spoke. */
  #greetedIntoTurn = false;

  constructor(settings: ConversationSettings, microphone: Microphone, listener: ConversationListener) {
    this.#settings = settings;
    this.#microphone = microphone;
    this.#listener = listener;
    this.#interruptions = new Interruptions(this.#ear, settings.timeouts.quiet_gap, {
      onBargeInOver: (turn) => {
        if (turn.bargeInMs !== null) this.#listener.onMeasured('barge_in', turn.bargeInMs);
        this.#handOver();
      },
    });
    this.#queue = [...settings.turns];
    this.#nextIndex = settings.firstIndex;
  }

  /** The call has said all it had to say, or was asked to stop: hang up. */
  get over(): boolean {
    return this.#phase === 'over';
  }

  get turnOpen(): boolean {
    return this.#phase === 'speaking' || this.#phase === 'waiting' || this.#phase === 'responding';
  }

  /** When the oldest turn began that is not handed over yet; null: there is none. */
  get openSince(): number | null {
    return this.#previous?.startedAt ?? this.#turn?.startedAt ?? null;
  }

  /** Number the next turn will have. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Turns that have not begun. */
  get turnsLeft(): readonly PlanTurn[] {
    return this.#queue;
  }

  /** When the audio received so far has been played. */
  get playedUntil(): number {
    return this.#ear.playedUntil;
  }

  /** The set-up messages have been sent. */
  opened(at: number): void {
    this.#openedAt = at;
    if (this.#settings.greeting === 'wait') this.#phase = 'greeting';
    else this.#pause(at);
  }

  /** No further turn begins; the one that is open may end. */
  stopSoon(): void {
    this.#stopping = true;
    this.#idleUntil = 0;
  }

  /** The generator fell behind by more than it may: the latencies of open turns are not the agent's. */
  slipped(): void {
    for (const turn of [this.#turn, this.#previous]) if (turn) turn.excluded = 'generator';
  }

  /** What to send in this slot, after everything that is due by now has happened; null: nothing. */
  nextFrame(now: number): EncodedFrame | null {
    if (now >= this.#idleUntil) this.#advance(now);
    const taken = this.#microphone.take();
    this.#pendingMoment = taken?.moment ?? null;
    return taken?.frame ?? null;
  }

  /** The frame of the last `nextFrame` was handed to the socket at `at`. */
  sent(at: number): void {
    const moment = this.#pendingMoment;
    if (moment === null) return;
    this.#pendingMoment = null;
    this.#idleUntil = 0;
    const turn = this.#turn;
    if (!turn) return;
    if (moment !== 'end_of_speech') this.#onset(turn, at);
    if (moment !== 'onset') this.#endOfSpeech(turn, at);
  }

  received(message: IncomingMessage, at: number): void {
    this.#idleUntil = 0;
    if (message.responseId !== undefined) this.#interruptions.response(message.responseId);
    switch (message.class) {
      case 'audio':
        if (message.audio) this.#audio(message.audio, at);
        return;
      case 'stop':
        this.#stop(at);
        return;
      case 'user_transcript':
        this.#firstMessage(at);
        this.#transcript(at);
        return;
      case 'tool_start':
      case 'tool_end':
        this.#firstMessage(at);
        this.#turn?.tool(message.class, at);
        return;
      case 'agent_text':
      case 'response_start':
        this.#firstMessage(at);
        return;
      case 'response_end':
        this.#responseEnd(message.ended ?? 'completed', at);
        return;
      case 'session_end':
        this.#sessionEnded = true;
        return;
      case 'error':
        this.#listener.onError('agent_error', message.text || message.kind, this.#turn?.index ?? null, at);
        return;
      case 'mark':
      case 'other':
        return;
    }
  }

  /**
   * The socket closed. A close while a turn is open is a drop, whatever its code (a crashed handler may close with a
   * clean 1000); benign codes count only between turns or after a session end.
   */
  closed(code: number, reason: string, at: number): CallEnd {
    if (this.over) return { outcome: 'ended', error: null };
    const benign = this.#settings.benignCloseCodes.includes(code) && (!this.turnOpen || this.#sessionEnded);
    const why = `the agent closed the call with ${code}${reason ? ` (${reason})` : ''}`;
    const turn = this.turnOpen ? this.#turn : null;
    if (turn && benign && turn.firstAudioAt !== null) {
      turn.responseEndAt = this.#ear.audibleUntil;
      this.#finish(turn, 'ok');
    } else if (turn) {
      turn.error = benign ? 'session_ended' : `dropped_${code}`;
      this.#finish(turn, 'failed');
      this.#listener.onError(turn.error, `${why} while turn ${turn.index} was open`, turn.index, at);
    } else if (!benign) {
      this.#listener.onError(`dropped_${code}`, `${why} between turns`, null, at);
    }
    this.#hangUp();
    return benign ? { outcome: 'ended', error: null } : { outcome: 'dropped', error: why };
  }

  /** The end of the run cuts the call off: its open turn counts as neither ok nor failed. */
  cut(): void {
    if (this.#turn && this.turnOpen) this.#finish(this.#turn, 'cut');
    this.#hangUp();
  }

  // — what is due —

  #advance(now: number): void {
    this.#idleUntil = 0;
    this.#interruptions.advance(now);
    switch (this.#phase) {
      case 'greeting':
        if (this.#stopping) this.#hangUp();
        else this.#waitForGreeting(now);
        return;
      case 'pause':
        if (this.#stopping || this.#sessionEnded || this.#queue.length === 0) this.#hangUp();
        else if (now >= this.#speakAt) this.#begin(now, null);
        else this.#idle(this.#speakAt);
        return;
      case 'speaking':
        this.#idle(never);
        return;
      case 'waiting':
        if (this.#turn) this.#waitForAnswer(this.#turn, now);
        return;
      case 'responding':
        if (this.#turn) this.#waitForEnd(this.#turn, now);
        return;
      case 'setup':
      case 'over':
        return;
    }
  }

  /** Nothing is due before `until`; a barge-in that is open may end at any moment. */
  #idle(until: number): void {
    if (!this.#interruptions.open) this.#idleUntil = Math.floor(until);
  }

  #waitForGreeting(now: number): void {
    const { first_byte, response_gap } = this.#settings.timeouts;
    if (this.counts.greetingMs === null) {
      if (now - this.#openedAt < first_byte) return;
      this.counts.greetingMissing = true;
      this.#pause(now);
      return;
    }
    if (now - this.#ear.greetingHeardUntil >= response_gap) this.#pause(now);
  }

  #waitForAnswer(turn: Turn, now: number): void {
    const { first_byte, response_gap, turn: turnLimit } = turn.plan.timeouts;
    const eos = turn.endOfSpeechAt ?? now;
    const limit = Math.min(first_byte, turnLimit);
    if (now - eos < limit) {
      this.#idle(eos + limit);
      return;
    }
    if (turn.talkOverMs === null && turn.earlyAudioAt !== null) {
      turn.talkOverMs = eos - turn.earlyAudioAt;
      turn.firstAudioAt = turn.earlyAudioAt;
      if (this.#greetedIntoTurn) this.counts.greetingMs = null;
    }
    if (turn.unattributedMs > 0) {
      turn.ambiguous = turn.talkOverMs === null;
      const quietSince = Math.max(eos, this.#ear.audibleUntil, this.#ear.last.arrival);
      if (now - quietSince >= response_gap) this.#ended(turn, quietSince, now);
      else if (this.#ear.last.arrival - eos > turnLimit) this.#turnExpired(turn, now);
      return;
    }
    this.#interruptions.owe();
    turn.timedOut = 'first_byte';
    this.#listener.onMeasured('ttfa', limit);
    this.#expire(
      turn,
      'first_byte_timeout',
      `no agent audio within ${limit} ms of the end of speech of turn ${turn.index}`,
      now,
    );
  }

  #waitForEnd(turn: Turn, now: number): void {
    const interruption = turn.willBeInterrupted ? this.#interruptIfDue(turn, now) : 'never';
    if (interruption === 'begun') return;
    const { first_byte, response_gap, turn: turnLimit } = turn.plan.timeouts;
    const eos = turn.endOfSpeechAt ?? now;
    if (turn.toolOpen) {
      if (turn.toolEndedAt === null || now - turn.toolEndedAt < first_byte) {
        if (now - eos >= turnLimit) this.#turnExpired(turn, now);
        return;
      }
      turn.toolOpen = false;
    }
    const heardUntil = this.#ear.audibleUntil;
    const marked = turn.markerAt !== null && now >= heardUntil;
    if (!marked && now - Math.max(heardUntil, this.#ear.last.arrival, eos) < response_gap) return;
    const at = Math.max(turn.markerAt ?? turn.firstAudioAt ?? eos, heardUntil);
    // The caller has made up its mind to speak then, whether there is still something to interrupt or not.
    if (interruption === 'later') turn.responseEndAt ??= at;
    else this.#ended(turn, at, now);
  }

  // — the turn —

  #pause(now: number): void {
    this.#phase = 'pause';
    this.#speakAt = now + (this.#queue[0]?.pauseBeforeMs ?? 0);
  }

  #hangUp(): void {
    this.#interruptions.abandon();
    this.#handOver();
    this.#phase = 'over';
  }

  /** Hands over the finished turn that was kept back. */
  #handOver(): void {
    const turn = this.#previous;
    if (!turn) return;
    this.#previous = null;
    const { callId, vu, user, conversation } = this.#settings;
    this.#listener.onTurn(turn.record({ callId, vu, user, conversation }));
  }

  #begin(now: number, interruption: Interruption | null): void {
    const plan = interruption?.plan ?? this.#queue[0];
    if (!plan) return;
    if (plan === this.#queue[0]) this.#queue.shift();
    if (!interruption) this.#handOver();
    const utterance = interruption?.utterance ?? this.#settings.utterance(plan.clip);
    const turn = new Turn(this.#nextIndex++, plan, utterance.name, now);
    turn.willBeInterrupted = plan.bargeIn !== null && this.#settings.random() < plan.bargeIn.probability;
    this.#turn = turn;
    this.#phase = 'speaking';
    this.counts.turnsStarted++;
    // Whoever still talks when the caller begins has not begun the answer to what is about to be said.
    const stillTalking = this.#ear.audibleUntil > now;
    const mayStillGreet = this.counts.turnsStarted === 1 && this.counts.greetingMs === null;
    this.#interruptions.begin(now, interruption !== null || stillTalking || mayStillGreet);
    this.#microphone.speak(utterance, interruption?.skip ?? 0);
  }

  /** Begins the interruption when its first voiced frame is to be sent `after` the answer's first audio. */
  #interruptIfDue(turn: Turn, now: number): 'begun' | 'later' | 'never' {
    const bargeIn = turn.plan.bargeIn;
    const next = bargeIn && !this.#stopping ? this.#interrupter(turn, bargeIn) : null;
    if (!bargeIn || !next) return 'never';
    const eos = turn.endOfSpeechAt ?? now;
    const due = Math.max(turn.firstAudioAt ?? eos, eos) + bargeIn.afterMs;
    const slotsLeft = Math.max(0, Math.ceil((due - now) / this.#settings.frameMs));
    const lead = next.utterance.onsetFrame;
    if (slotsLeft > lead) return 'later';
    turn.interrupted = true;
    this.#finish(turn, 'ok');
    this.#begin(now, { ...next, skip: lead - slotsLeft });
    return 'begun';
  }

  #interrupter(turn: Turn, bargeIn: PlanBargeIn): { plan: PlanTurn; utterance: Utterance } | null {
    const own = bargeIn.clip;
    if (own !== null) {
      const plan = {
        ...turn.plan,
        name: `${turn.plan.name} (interruption)`,
        clip: own,
        pauseBeforeMs: 0,
        bargeIn: null,
      };
      return { plan, utterance: this.#settings.utterance(own) };
    }
    const plan = this.#queue[0];
    return plan ? { plan, utterance: this.#settings.utterance(plan.clip) } : null;
  }

  #onset(turn: Turn, at: number): void {
    turn.onsetAt = at;
    const before = this.#previous;
    if (!before?.interrupted) return;
    if (this.#interruptions.onset(before, at)) return;
    before.bargeInAt = at;
    before.bargeInOutcome = 'nothing_to_interrupt';
    this.#handOver();
  }

  #endOfSpeech(turn: Turn, at: number): void {
    turn.endOfSpeechAt = at;
    this.#phase = 'waiting';
    const lastSpeechAt = this.#ear.noticeContinuous(at, this.#settings.timeouts.quiet_gap);
    if (lastSpeechAt !== null) this.#interruptions.onlySpeech(lastSpeechAt);
    this.counts.continuousAgent = this.#ear.continuous;
    if (this.#ear.continuous) turn.earlyAudioAt = turn.earlySpeechAt;
    if (!this.#ear.heardAnything) this.#interruptions.forget();
    if (turn.earlyAudioAt === null || this.#interruptions.undecided) return;
    turn.talkOverMs = at - turn.earlyAudioAt;
    turn.firstAudioAt = turn.earlyAudioAt;
    if (this.#ear.audibleUntil > at) this.#phase = 'responding';
  }

  #ended(turn: Turn, at: number, now: number): void {
    turn.responseEndAt = at;
    this.#finish(turn, 'ok');
    this.#pause(now);
  }

  #turnExpired(turn: Turn, now: number): void {
    turn.timedOut = 'turn';
    const limit = turn.plan.timeouts.turn;
    this.#expire(
      turn,
      'turn_timeout',
      `the answer of turn ${turn.index} had not ended ${limit} ms after the end of speech`,
      now,
    );
  }

  #expire(turn: Turn, kind: string, message: string, now: number): void {
    turn.error = kind;
    this.#finish(turn, 'timeout');
    this.#listener.onError(kind, message, turn.index, now);
    this.#pause(now);
  }

  #finish(turn: Turn, status: TurnRecord['status']): void {
    if (status === 'ok' || status === 'timeout') this.#interruptions.finish();
    else this.#interruptions.abandon();
    this.#handOver();
    turn.status = status;
    this.#previous = turn;
    this.#turn = null;
  }

  // — what the agent says —

  #audio(audio: IncomingAudio, at: number): void {
    const frame = this.#ear.hear(audio, at);
    if (!frame) return;
    const turn = this.#turn;
    if (this.#phase === 'greeting') this.#greetingAudio(audio, at);
    else if (this.#phase === 'pause' && this.#previous) this.#lateAudio(this.#previous, audio);
    else if (turn && this.#phase === 'speaking') this.#earlyAudio(turn, audio, frame);
    else if (turn && this.#phase === 'waiting') this.#awaitedAudio(turn, audio, frame);
    else if (turn && this.#phase === 'responding') this.#answerAudio(turn, audio, frame);
    this.#ear.remember(frame);
  }

  #greetingAudio(audio: IncomingAudio, at: number): void {
    if (this.counts.greetingMs !== null) return;
    const began = this.#ear.greetingBegan(audio, at, this.#settings.timeouts.quiet_gap);
    if (began !== null) this.counts.greetingMs = began - this.#openedAt;
  }

  #lateAudio(turn: Turn, audio: IncomingAudio): void {
    turn.lateAudioMs += audio.durationMs;
    this.#interruptions.settle();
  }

  /** Audio while the caller speaks: of the old answer, or an answer that talks over the caller. */
  #earlyAudio(turn: Turn, audio: IncomingAudio, frame: HeardFrame): void {
    const at = frame.arrival;
    if (this.counts.turnsStarted === 1 && !this.counts.greetingMissing && this.counts.greetingMs === null) {
      this.#greetingAudio(audio, at);
      this.#greetedIntoTurn = true;
    }
    if (this.#interruptions.takesEarly(audio, frame)) return;
    turn.earlyAudioAt ??= at;
    if (audio.speech) turn.earlySpeechAt ??= at;
  }

  #awaitedAudio(turn: Turn, audio: IncomingAudio, frame: HeardFrame): void {
    const eos = turn.endOfSpeechAt ?? frame.arrival;
    const { first_byte, turn: turnLimit } = turn.plan.timeouts;
    if (frame.arrival - eos > Math.min(first_byte, turnLimit)) {
      this.#waitForAnswer(turn, frame.arrival);
      if (this.#previous === turn) this.#lateAudio(turn, audio);
      if (this.#turn !== turn) return;
    }
    // A late answer to the turn before would look like a fast one to this: an agent that has never answered in time on
    // this call is not believed without a boundary.
    const stale = this.#interruptions.owed && !this.#answeredInTime;
    if (this.#interruptions.takesAwaited(audio, frame, turn.ambiguous || stale)) {
      turn.unattributedMs += audio.durationMs;
      return;
    }
    this.#firstMessage(frame.arrival);
    if (turn.talkOverMs === null) {
      turn.firstAudioAt = frame.arrival;
      this.#answeredInTime = true;
      this.#listener.onMeasured('ttfa', frame.arrival - eos);
    }
    this.#phase = 'responding';
    this.#answerAudio(turn, audio, frame);
  }

  #answerAudio(turn: Turn, audio: IncomingAudio, frame: HeardFrame): void {
    if (turn.markerAt === null && this.#isLate(turn, frame.arrival)) {
      this.#turnExpired(turn, frame.arrival);
      return;
    }
    this.#interruptions.answer(audio, frame);
    turn.answerAudio(audio, frame);
  }

  /** Beyond the turn's timeout, which counts to the last arrival or the end marker. */
  #isLate(turn: Turn, at: number): boolean {
    return at - (turn.endOfSpeechAt ?? at) > turn.plan.timeouts.turn;
  }

  /** First message after end of speech that is part of an answer; a stop never is. */
  #firstMessage(at: number): void {
    const turn = this.#turn;
    if (turn?.endOfSpeechAt != null) turn.firstMessageAt ??= at;
  }

  #transcript(at: number): void {
    const turn = this.#turn;
    if (turn?.endOfSpeechAt == null) return;
    turn.transcriptAt ??= at;
    if (this.#phase === 'waiting') this.#interruptions.transcript();
  }

  #responseEnd(ended: 'completed' | 'cancelled', at: number): void {
    if (this.#interruptions.responseEnded(ended)) return;
    const turn = this.#turn;
    if (!turn || this.#phase !== 'responding') return;
    if (turn.markerAt === null && this.#isLate(turn, at)) this.#turnExpired(turn, at);
    else turn.markerAt ??= at;
  }

  /** Only a stop while a barge-in is open ends one; elsewhere it cuts the agent short, or changes nothing. */
  #stop(at: number): void {
    const audible = this.#ear.audibleUntil > at;
    if (this.#interruptions.stop(at)) this.#ear.cut(at);
    else if (audible) {
      this.#ear.cut(at);
      if (!this.#interruptions.open) this.counts.cutShort++;
    } else this.counts.stopIdle++;
  }
}
