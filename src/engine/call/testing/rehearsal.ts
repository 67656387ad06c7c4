/**
 * Plays a call against a scripted agent on a clock of its own: frame slots every 20 ms, messages at the millisecond the
 * script says. For tests of the conversation's definitions; no socket, no waiting.
 */
import type { TurnRecord } from '#contract/run';
import type { Timeouts } from '#contract/scenario/file';
import type { PlanTurn } from '../../plan.ts';
import { createAcsAdapter } from '../../protocols/acs.ts';
import type { IncomingMessage, ProtocolSession } from '../../protocols/adapter.ts';
import { Conversation } from '../conversation.ts';
import { Microphone, type Utterance } from '../microphone.ts';
import type { CallEnd, ConversationSettings } from '../terms.ts';

export const frameMs = 20;

export const timeouts: Timeouts = {
  connect: 10_000,
  first_byte: 5000,
  turn: 12_000,
  barge_in: 5000,
  quiet_tail: 1500,
  quiet_gap: 400,
  response_gap: 1000,
};

/** 100 ms of silence, 1 s of speech, 100 ms of silence: onset is frame 5, the last voiced frame is 54. */
export const utterance: Utterance = {
  name: 'clip',
  frames: Array.from({ length: 60 }, () => ({ bytes: Buffer.alloc(1) })),
  onsetFrame: 5,
  lastVoicedFrame: 54,
};

export function planTurn(more: Partial<PlanTurn> = {}): PlanTurn {
  return { name: 'turn', clip: 0, pauseBeforeMs: 0, timeouts, bargeIn: null, ...more };
}

function base64(samples: number, amplitude: number): string {
  return Buffer.from(
    Int16Array.from({ length: samples }, (_, i) => (i % 2 ? -amplitude : amplitude)).buffer,
  ).toString('base64');
}

const speechData = base64(320, 5000);
const quietData = base64(320, 5);

/** What an ACS agent says, as it stands on the wire. */
export const say = {
  speech: `{"kind":"AudioData","AudioData":{"data":"${speechData}"},"StopAudio":null}`,
  quiet: `{"kind":"AudioData","audioData":{"data":"${quietData}","silent":false}}`,
  stop: '{"Kind": "StopAudio", "AudioData": null, "StopAudio": {}}',
  transcript: '{"type":"status","topic":"system","sender":"User","payload":{"message":"hello"}}',
  agentText:
    '{"type":"status","topic":"system","sender":"Auth Agent","payload":{"message":"How can I help?"}}',
  toolStart: '{"type":"tool_start","callId":"0a1b2c3d","tool":"lookup","args":{}}',
  toolEnd: '{"type":"tool_end","callId":"0a1b2c3d","tool":"lookup","status":"success"}',
  sessionEnd: '{"type":"session_end","reason":"NORMAL"}',
} as const;

interface Due {
  at: number;
  act: (at: number) => void;
}

export class Rehearsal {
  readonly turns: TurnRecord[] = [];
  readonly errors: { kind: string; turn: number | null }[] = [];
  readonly measured: { metric: string; ms: number }[] = [];
  readonly conversation: Conversation;
  now = 0;
  framesSent = 0;
  readonly #session: ProtocolSession;
  readonly #due: Due[] = [];
  readonly #atEndOfSpeech = new Map<number, (at: number) => void>();
  readonly #atOnset = new Map<number, (at: number) => void>();
  #turnNumber = 0;
  #sinceUtterance = -1;

  constructor(
    settings: Partial<ConversationSettings> = {},
    markers: { response: string[]; end: string[] } = { response: [], end: [] },
  ) {
    const adapter = createAcsAdapter({ sampleRate: 16_000, frameMs, audibleLevel: -50 }, markers);
    this.#session = adapter.session({ callId: 'call', vu: 1 });
    const microphone = new Microphone([{ bytes: Buffer.alloc(1) }], null, 0);
    const speak = microphone.speak.bind(microphone);
    microphone.speak = (spoken, skip) => {
      this.#turnNumber++;
      this.#sinceUtterance = skip;
      speak(spoken, skip);
    };
    this.conversation = new Conversation(
      {
        callId: 'call',
        vu: 1,
        user: 'callers',
        conversation: 'talk',
        frameMs,
        greeting: 'ignore',
        timeouts,
        turns: [planTurn()],
        firstIndex: 1,
        benignCloseCodes: [1000, 1001],
        random: () => 0,
        utterance: () => utterance,
        ...settings,
      },
      microphone,
      {
        onTurn: (record) => this.turns.push(record),
        onError: (kind, _message, turn) => this.errors.push({ kind, turn }),
        onMeasured: (metric, ms) => this.measured.push({ metric, ms }),
      },
    );
  }

  /** At `at` milliseconds of the call. */
  at(at: number, act: (at: number) => void): this {
    this.#due.push({ at, act });
    this.#due.sort((a, b) => a.at - b.at);
    return this;
  }

  /** When the caller's turn `turn` ends its speech. */
  afterSpeech(turn: number, act: (at: number) => void): this {
    this.#atEndOfSpeech.set(turn, act);
    return this;
  }

  /** When the caller's turn `turn` begins to be heard. */
  afterOnset(turn: number, act: (at: number) => void): this {
    this.#atOnset.set(turn, act);
    return this;
  }

  /** The agent sends a message at a moment. */
  message(at: number, json: string): this {
    return this.at(at, (now) => {
      for (const message of this.#session.receive(Buffer.from(json), false))
        this.conversation.received(message, now);
    });
  }

  /** The agent sends a message that ACS does not have, already classified. */
  classified(at: number, message: IncomingMessage): this {
    return this.at(at, (now) => this.conversation.received(message, now));
  }

  /** Frames of 20 ms: all at once, or at the pace of speech. */
  audio(at: number, durationMs: number, pace: 'burst' | 'paced', json: string = say.speech): this {
    for (let i = 0; i < durationMs / frameMs; i++)
      this.message(pace === 'burst' ? at : at + i * frameMs, json);
    return this;
  }

  /** Plays until the call is over, or for `limitMs`. */
  run(limitMs = 60_000): this {
    this.conversation.opened(0);
    for (let slot = 0; slot * frameMs < limitMs && !this.conversation.over; slot++) {
      this.#deliverUntil(slot * frameMs);
      this.now = slot * frameMs;
      this.#sendFrame();
    }
    return this;
  }

  close(code: number, reason = ''): CallEnd {
    return this.conversation.closed(code, reason, this.now);
  }

  #deliverUntil(limit: number): void {
    for (let next = this.#due[0]; next && next.at <= limit; next = this.#due[0]) {
      this.#due.shift();
      this.now = next.at;
      next.act(next.at);
    }
  }

  #sendFrame(): void {
    const before = this.#turnNumber;
    const frame = this.conversation.nextFrame(this.now);
    if (!frame || this.conversation.over) return;
    this.framesSent++;
    this.conversation.sent(this.now);
    if (this.#turnNumber === 0) return;
    const index = this.#turnNumber !== before ? this.#sinceUtterance : ++this.#sinceUtterance;
    if (index === utterance.onsetFrame) this.#atOnset.get(this.#turnNumber)?.(this.now);
    if (index === utterance.lastVoicedFrame) this.#atEndOfSpeech.get(this.#turnNumber)?.(this.now);
  }
}
