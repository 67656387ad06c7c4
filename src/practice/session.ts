/** One call: what the caller says and sends is heard, turns are made of it, and they are answered or not. */
import type { PracticeConfig } from '#contract/practice';
import type { FrameBank } from './answer/frames.ts';
import { answerScript, greetingScript } from './answer/script.ts';
import { Voice, type Speech } from './answer/voice.ts';
import { statusMessage, type Dialect } from './dialects.ts';
import type { CallDraws } from './faults.ts';
import type { CallerMessages } from './hearing/callerMessage.ts';
import { Endpointing, type FrameMoment, type Heard } from './hearing/endpointing.ts';
import type { Outlet } from './outlet.ts';
import type { Pacer, Scheduled } from './pacing.ts';
import { later, nsOf } from './time.ts';
import type { CallTruth, TruthLog } from './truth.ts';
import { beginTurn, transcriptOf, type CallIdentity, type Turn } from './turn.ts';

/** What all calls of an agent share. */
export interface Agent {
  config: PracticeConfig;
  dialect: Dialect;
  bank: FrameBank;
  pacer: Pacer;
  messages: CallerMessages;
  log: TruthLog;
  /** Calls that are going on. */
  openCalls: () => number;
}

/** How much later an answer comes because so many calls are going on, ms. */
export function strain({ strain_from, strain_by }: PracticeConfig, openCalls: number): number {
  return strain_from === 0 ? 0 : Math.max(0, openCalls - strain_from) * strain_by;
}

/** Between two partial transcripts of one utterance. */
const partialEvery = nsOf(300);
/** Stops with nothing to stop are never closer together than this. */
const stopsApart = nsOf(100);

export class Session {
  readonly #agent: Agent;
  readonly #identity: CallIdentity;
  readonly #draws: CallDraws;
  readonly #truth: CallTruth;
  readonly #outlet: Outlet;
  readonly #voice: Voice;
  readonly #stopsIdle: boolean;
  #endpointing: Endpointing | null = null;
  /** The caller's latest turn. */
  #turn: Turn | null = null;
  #turns = 0;
  readonly #unwritten = new Set<Turn>();
  /** The latest turn's answer is due but has not begun. */
  #pending: {
    speech: Speech | null;
    answer: Scheduled;
    transcript: Scheduled | null;
    waiting: boolean;
  } | null = null;
  #partial: Scheduled | null = null;
  #lastStop = 0n;
  /** The caller's speech has not been recognised as an interruption yet. */
  #stopPending = false;
  /** The turn whose answer is being interrupted, until it is decided whether a stop goes out. */
  #interrupted: Turn | null = null;
  #expiry: Scheduled | null = null;
  readonly #spokenTurn = new WeakMap<Speech, Turn>();
  #greeting: Speech | null = null;
  #closed = false;

  constructor(agent: Agent, identity: CallIdentity, draws: CallDraws, truth: CallTruth, outlet: Outlet) {
    this.#agent = agent;
    this.#identity = identity;
    this.#draws = draws;
    this.#truth = truth;
    this.#outlet = outlet;
    this.#voice = new Voice(outlet, agent.pacer, agent.bank);
    this.#stopsIdle = agent.config.dialect === 'snapshot' && agent.config.idle_stops;
    if (draws.silent) truth.faults.add('silent');
  }

  /** One text message of the caller, `bytes` from `from` to `to`, stamped on arrival. */
  receive(bytes: Buffer, from: number, to: number, arrival: bigint): void {
    if (this.#closed) return;
    const message = this.#agent.messages.read(bytes, from, to);
    if (message.kind === 'setup') this.#setUp(message.sampleRate, arrival);
    if (message.kind !== 'audio') return;
    const frame = this.#truth.frames++;
    if (!this.#endpointing || message.silent) return;
    this.#heard(this.#endpointing.hear(message.samples, { at: arrival, frame }));
  }

  /** The call is over: whatever was open is written as it stands. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pending?.answer.cancel();
    this.#pending?.transcript?.cancel();
    this.#partial?.cancel();
    this.#expiry?.cancel();
    this.#voice.close();
    for (const turn of this.#unwritten) this.#agent.log.write(turn.truth.line());
    this.#unwritten.clear();
  }

  /** Audio that comes before the set-up message is counted but not heard, as with the real server. */
  #setUp(sampleRate: number | null, arrival: bigint): void {
    if (this.#endpointing) return;
    const { config, pacer, bank, dialect } = this.#agent;
    this.#truth.setup = arrival;
    this.#endpointing = new Endpointing(
      config.speech_level,
      config.endpointing,
      sampleRate ?? config.sample_rate,
    );
    if (this.#draws.silent) return;
    if (config.continuous) this.#voice.streamQuiet(arrival + nsOf(dialect.frameMs));
    if (!config.greeting) return;
    const greeting: Speech = {
      steps: greetingScript(
        config,
        bank,
        dialect.greetingHasText ? this.#identity.sessionId : null,
        this.#identity.number,
      ),
      onAudio: (stamp) => (this.#truth.greeting ??= stamp),
    };
    this.#greeting = greeting;
    const begin = arrival + nsOf(this.#draws.greetingDelayMs);
    pacer.schedule(begin, () => !this.#closed && this.#outlet.open && this.#voice.say(greeting, begin), true);
  }

  #heard(heard: Heard): void {
    if (heard?.kind === 'onset') this.#onset(heard.onset);
    if (heard?.kind === 'ended') this.#ended(heard.end);
  }

  #onset(onset: FrameMoment): void {
    if (this.#pending) this.#resume();
    else this.#turn = this.#newTurn(onset);
    this.#watchExpiry();
    if (this.#turn && !this.#draws.silent) this.#interrupt(onset.at, this.#turn);
  }

  #newTurn(onset: FrameMoment): Turn {
    const turn = beginTurn(this.#agent.config, this.#identity, ++this.#turns, onset);
    if (this.#draws.silent) turn.truth.faults.add('silent');
    this.#unwritten.add(turn);
    return turn;
  }

  /** The caller goes on before the answer has begun: it is the same turn still. */
  #resume(): void {
    this.#pending?.answer.cancel();
    this.#pending?.transcript?.cancel();
    this.#pending = null;
    if (!this.#turn) return;
    this.#turn.transcribed = false;
    this.#turn.truth.endOfSpeech = null;
    this.#turn.truth.firstMessage = null;
  }

  #watchExpiry(): void {
    this.#expiry?.cancel();
    const due = this.#endpointing?.expires ?? null;
    if (due === null) return;
    this.#expiry = this.#agent.pacer.schedule(due, (now) => {
      this.#heard(this.#endpointing?.expire(now) ?? null);
      this.#watchExpiry();
    });
  }

  /** Recognises (after the stop delay, and again with every partial transcript) that the caller is speaking. */
  #interrupt(onset: bigint, speaker: Turn): void {
    const playing = this.#voice.playing(onset);
    const old = (playing && this.#spokenTurn.get(playing)) ?? null;
    if (old) old.truth.interrupted ??= onset;
    if (old?.draws.neverStop) {
      old.truth.faults.add('never_stop');
      return;
    }
    if (this.#interrupted) return;
    this.#interrupted = old;
    this.#partial?.cancel();
    const due = onset + nsOf(speaker.draws.stopDelayMs);
    const recognised = (now: bigint): void => {
      this.#stopPending = false;
      this.#stopSpeaking(now, this.#stopsIdle);
      this.#partial = this.#agent.pacer.schedule(now + partialEvery, furtherPartial);
    };
    const furtherPartial = (now: bigint): void => {
      const voiced = this.#endpointing?.lastVoiced ?? null;
      this.#partial = null;
      if (voiced === null) return;
      if (now - voiced < partialEvery) recognised(now);
      else this.#partial = this.#agent.pacer.schedule(now + partialEvery, furtherPartial);
    };
    this.#stopPending = true;
    this.#partial = this.#agent.pacer.schedule(due, recognised, true);
  }

  /** Sends a stop if something is playing that can be stopped, or (`evenIdle`) in any case. */
  #stopSpeaking(now: bigint, evenIdle: boolean): void {
    const { config, dialect } = this.#agent;
    const playing = this.#voice.playing(now);
    const protectedGreeting = playing !== null && playing === this.#greeting && !dialect.greetingCanBeStopped;
    const stoppable = playing !== null && !protectedGreeting;
    const interrupted = this.#interrupted;
    this.#interrupted = null;
    const mayStopIdle = evenIdle && now - this.#lastStop >= stopsApart;
    if (this.#outlet.open && (stoppable || mayStopIdle)) {
      const stamp = this.#outlet.send(dialect.stop);
      this.#lastStop = stamp;
      if (interrupted) interrupted.truth.stop ??= stamp;
      if (stoppable) this.#voice.stop(stamp, config.audio_after_stop, config.pace === 'paced');
    }
    if (interrupted) this.#settle(interrupted);
  }

  #ended(end: FrameMoment): void {
    const turn = this.#turn;
    if (!turn) return;
    turn.truth.endOfSpeech = end;
    const { config, pacer } = this.#agent;
    const decided = later(process.hrtime.bigint(), end.at + nsOf(config.endpointing));
    const delayMs = turn.draws.delayMs + strain(config, this.#agent.openCalls());
    const due = later(decided, end.at + nsOf(delayMs));
    // Made now, so that at the answer's moment nothing is left to do but to send it.
    const speech = turn.draws.noAnswer || this.#draws.silent ? null : this.#speechFor(turn);
    this.#pending = {
      speech,
      answer: pacer.schedule(due, () => this.#begin(turn, due), true),
      transcript: speech ? pacer.schedule(decided, () => this.#transcribe(turn)) : null,
      waiting: false,
    };
  }

  #transcribe(turn: Turn): void {
    if (turn.transcribed || !this.#agent.config.transcripts || !this.#outlet.open) return;
    turn.transcribed = true;
    turn.truth.message(
      this.#outlet.send(statusMessage(this.#identity.sessionId, 'User', transcriptOf(turn))),
    );
  }

  /**
   * The answer's moment. An old answer that is still to be stopped is stopped now at the latest; one that does not
   * stop is heard out first.
   */
  #begin(turn: Turn, due: bigint): void {
    const pending = this.#pending;
    const speech = pending?.speech;
    if (!speech) {
      this.#pending = null;
      if (turn.draws.noAnswer) turn.truth.faults.add('no_answer');
      turn.over = true;
      this.#settle(turn);
      return;
    }
    this.#transcribe(turn);
    this.#partial?.cancel();
    this.#partial = null;
    if (this.#stopPending) this.#stopSpeaking(process.hrtime.bigint(), false);
    this.#stopPending = false;
    this.#voice.whenFree((now) => {
      if (this.#closed || !this.#outlet.open || this.#pending !== pending) return;
      this.#pending = null;
      if (turn.draws.slow) turn.truth.faults.add('slow');
      this.#voice.say(speech, pending.waiting ? now : due);
    });
    pending.waiting = true;
  }

  #speechFor(turn: Turn): Speech {
    const { config, bank } = this.#agent;
    const { truth, draws } = turn;
    const speech: Speech = {
      steps: answerScript(config, bank, draws, this.#identity.sessionId, truth.turn),
      onText: (stamp) => truth.message(stamp),
      onAudio: (stamp) => truth.audio(stamp),
      onGarbage: () => truth.faults.add('garbage'),
      onDrop: (code) => {
        truth.faults.add('drop');
        this.#truth.faults.add('drop');
        this.close();
        this.#outlet.drop(code);
      },
      onOver: () => {
        turn.over = true;
        this.#settle(turn);
      },
    };
    this.#spokenTurn.set(speech, turn);
    return speech;
  }

  /** Writes a turn's line as soon as nothing more can happen to it. */
  #settle(turn: Turn): void {
    if (!turn.over || this.#interrupted === turn || !this.#unwritten.delete(turn)) return;
    this.#agent.log.write(turn.truth.line());
  }
}
