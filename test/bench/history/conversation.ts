/** Turns and calls as a run of many callers gives them, second by second: made up, but with the shape and the spread of real ones. */
import type { CallRecord, ErrorRecord, TurnRecord } from '../../../src/contract/run.ts';

const runId = '20261121-105314-414a';
const questions = {
  insurance_inquiry: [
    'Hello, my name is Alice Brown, my social is 1234, and my zip code is 60601',
    "I'm calling about my auto insurance policy",
    "I need to understand what's covered under my current plan",
    'What happens if I get into an accident?',
    "Thank you for all the information, that's very helpful",
  ],
  quick_question: [
    'Hi there, I have a quick question',
    'Can you help me check my account balance?',
    "Thanks, that's all I needed to know",
  ],
} as const;
type Conversation = keyof typeof questions;

/** Share of turns that are interrupted, and of turns that fail. */
const shares = { interrupted: 0.28, failed: 0.004 };

/** The same numbers in every run of the benchmark. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one second of the run brought. */
export interface Second {
  turns: TurnRecord[];
  calls: CallRecord[];
  errors: ErrorRecord[];
}

/** One caller: calls again and again, each turn about `turnMs` after the one before. All times in milliseconds. */
class Caller {
  readonly #vu: number;
  readonly #turnMs: number;
  readonly #random: () => number;
  #calls = 0;
  #conversation: Conversation = 'quick_question';
  #turn = 0;
  #callStartedAt = 0;
  #at: number;

  constructor(vu: number, turnMs: number, random: () => number) {
    this.#vu = vu;
    this.#turnMs = turnMs;
    this.#random = random;
    this.#at = random() * turnMs;
    this.#dial();
  }

  /** Adds what ended before `until`. */
  play(until: number, second: Second): void {
    for (;;) {
      const length = this.#turnMs * this.#between(0.85, 1.15);
      if (this.#at + length > until) return;
      second.turns.push(this.#speak(this.#at, length, second.errors));
      this.#at += length;
      if (this.#turn < questions[this.#conversation].length) continue;
      second.calls.push(this.#hangUp());
      this.#dial();
    }
  }

  #between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  #dial(): void {
    this.#calls += 1;
    this.#turn = 0;
    this.#conversation = this.#random() < 0.4 ? 'insurance_inquiry' : 'quick_question';
    this.#callStartedAt = this.#at;
    this.#at += this.#between(250, 600);
  }

  get #callId(): string {
    return `${runId}-u${this.#vu}-c${this.#calls}`;
  }

  #speak(startedAt: number, length: number, errors: ErrorRecord[]): TurnRecord {
    this.#turn += 1;
    const failed = this.#random() < shares.failed;
    const interrupted = !failed && this.#random() < shares.interrupted;
    const onsetAt = startedAt + this.#between(99, 101);
    const endOfSpeechAt = startedAt + length * this.#between(0.3, 0.45);
    const transcriptAt = endOfSpeechAt + this.#between(500, 503);
    const firstAudioAt = transcriptAt + this.#between(0.06, 760);
    const firstAudibleAt = firstAudioAt + (this.#random() < 0.5 ? 0 : this.#between(0, 60));
    const lastAudioAt = firstAudioAt + this.#between(118, 124);
    const responseEndAt = firstAudioAt + this.#between(2990, 3010);
    const bargeInAt = firstAudioAt + this.#between(600, 620);
    const agentSilentAt = bargeInAt + this.#between(120, 260);
    const heard = failed ? null : 0;
    const answered = (value: number) => (heard === null ? null : value);
    const calm = (value: number) => (failed || interrupted ? null : value);
    const when = (value: number) => (interrupted ? value : null);
    if (failed) {
      errors.push({
        at: startedAt + 5000,
        kind: 'first_byte_timeout',
        message: 'No audio within 5 s of the end of speech',
        callId: this.#callId,
        turn: this.#turn,
        vu: this.#vu,
      });
    }
    return {
      callId: this.#callId,
      turn: this.#turn,
      vu: this.#vu,
      user: 'callers',
      conversation: this.#conversation,
      clip: questions[this.#conversation][this.#turn - 1] ?? '',
      startedAt,
      onsetAt,
      endOfSpeechAt,
      firstMessageAt: answered(transcriptAt),
      transcriptAt: answered(transcriptAt),
      firstAudioAt: answered(firstAudioAt),
      firstAudibleAt: answered(firstAudibleAt),
      lastAudioAt: answered(lastAudioAt),
      responseEndAt: calm(responseEndAt),
      bargeInAt: when(bargeInAt),
      agentSilentAt: when(agentSilentAt),
      stopMessageAt: when(agentSilentAt),
      ttfb: answered(transcriptAt - endOfSpeechAt),
      ttfa: failed ? 5000 : firstAudioAt - endOfSpeechAt,
      ttfa_audible: answered(firstAudibleAt - endOfSpeechAt),
      recognition: answered(transcriptAt - endOfSpeechAt),
      processing: answered(firstAudioAt - transcriptAt),
      response: calm(responseEndAt - firstAudioAt),
      delivery: calm(lastAudioAt - firstAudioAt),
      turn_time: calm(responseEndAt - endOfSpeechAt),
      barge_in: when(agentSilentAt - bargeInAt),
      leftover_audio: when(this.#random() < 0.5 ? 0 : 20 * Math.ceil(this.#between(0, 8))),
      talk_over: null,
      underrun: null,
      underruns: 0,
      lateAudioMs: 0,
      bargeInOutcome: interrupted ? 'stopped' : null,
      status: failed ? 'timeout' : 'ok',
      timedOut: failed ? 'first_byte' : null,
      ambiguous: false,
      excluded: null,
      error: failed ? 'No audio within 5 s of the end of speech' : null,
      audioReceivedMs: failed ? 0 : 3000,
    };
  }

  #hangUp(): CallRecord {
    const connect = this.#between(1.2, 25);
    const tcp = connect * this.#between(0.3, 0.5);
    const length = this.#at - this.#callStartedAt;
    return {
      callId: this.#callId,
      vu: this.#vu,
      user: 'callers',
      attempt: 1,
      startedAt: this.#callStartedAt,
      connectedAt: this.#callStartedAt + connect + 0.2,
      endedAt: this.#at,
      connect,
      dns: null,
      tcp,
      tls: null,
      upgrade: connect - tcp,
      greeting: this.#between(150, 300),
      greetingMissing: false,
      turns: this.#turn,
      framesSent: Math.round(length / 20),
      framesReceived: Math.round(length / 40),
      continuousAgent: false,
      stopIdle: this.#turn,
      cutShort: 0,
      slipped: 0,
      closeCode: 1000,
      outcome: 'ended',
      error: null,
    };
  }
}

/** A crowd of callers whose turns follow each other every `turnMs` on average. */
export class Crowd {
  readonly #callers: Caller[];

  constructor(calls: number, turnMs: number, seed: number) {
    const random = seededRandom(seed);
    this.#callers = Array.from({ length: calls }, (_, i) => new Caller(i + 1, turnMs, random));
  }

  /** What ended in second `t` (from 1). */
  second(t: number): Second {
    const second: Second = { turns: [], calls: [], errors: [] };
    for (const caller of this.#callers) caller.play(t * 1000, second);
    return second;
  }
}
