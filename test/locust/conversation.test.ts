/** The locustfile's calls against the engine's: the same scripted agents, the same turns to the millisecond. */
import { describe, expect, it } from 'vitest';
import type { TurnRecord } from '../../src/contract/run.ts';
import { frameMs, planTurn, Rehearsal, say, timeouts } from '../../src/engine/call/testing/rehearsal.ts';
import { Random } from '../../src/engine/random.ts';
import { noPython, play, python } from './python.ts';

type Event =
  { do: 'message'; says: keyof typeof say } | { do: 'close'; code: number } | { do: 'stop' | 'cut' | 'slip' };
type Timed = Event & { after: number };

interface Script {
  greeting: 'wait' | 'ignore';
  timeouts: typeof timeouts;
  markers: { response: string[]; end: string[] };
  turns: {
    pause: number;
    timeouts: Partial<typeof timeouts>;
    barge_in: { after: number; own: boolean } | null;
  }[];
  events: (Event & { at: number })[];
  at_onset: Record<string, Timed[]>;
  at_end: Record<string, Timed[]>;
}

class Author {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed, 1);
  }

  chance(share: number): boolean {
    return this.#random.next() < share;
  }

  /** A multiple of `step`. */
  ms(from: number, to: number, step = 1): number {
    return from + Math.floor((this.#random.next() * (to - from)) / step) * step;
  }

  one<T>(...choices: T[]): T {
    return choices[this.ms(0, choices.length)]!;
  }

  message(after: number, says: keyof typeof say): Timed {
    return { do: 'message', says, after };
  }

  audio(after: number, durationMs: number, says: keyof typeof say = 'speech'): Timed[] {
    const paced = this.chance(0.4);
    return Array.from({ length: durationMs / frameMs }, (_, i) =>
      this.message(paced ? after + i * frameMs : after, says),
    );
  }

  /** What an agent does when the caller has finished: transcript, sentences, tools, ends, in any combination. */
  answer(): Timed[] {
    if (this.chance(0.08)) return [];
    const out: Timed[] = [];
    let at = this.ms(200, 1500);
    if (this.chance(0.7)) out.push(this.message(at, 'transcript'));
    at += this.one(0, 300, 900, 4800, 5400);
    if (this.chance(0.15)) {
      out.push(this.message(at, 'toolStart'), this.message(at + 700, 'toolEnd'));
      at += this.one(100, 1200);
    }
    for (let sentence = this.ms(1, 4); sentence > 0; sentence--) {
      const length = this.ms(200, 2500, frameMs);
      out.push(...this.audio(at, length, this.chance(0.1) ? 'quiet' : 'speech'));
      at += this.one(0, length, length + 150, length + 600, length + 1300);
    }
    if (this.chance(0.5)) out.push(this.message(at, 'agentText'));
    if (this.chance(0.06))
      out.push({ do: 'close', code: this.one(1000, 1001, 1011, 1006), after: at + this.ms(0, 900) });
    if (this.chance(0.05)) out.push(this.message(at, 'sessionEnd'));
    return out;
  }

  onset(): Timed[] {
    const out: Timed[] = [];
    let at = this.ms(80, 600);
    if (this.chance(0.75)) out.push(this.message(at, 'stop'));
    if (this.chance(0.4)) out.push(this.message(at + 120, 'stop'));
    if (this.chance(0.3)) out.push(...this.audio(at + 40, this.ms(40, 900, frameMs)));
    at += this.ms(0, 800);
    if (this.chance(0.12)) out.push(...this.audio(at, 400));
    if (this.chance(0.05)) out.push({ do: 'slip', after: at });
    return out;
  }

  script(): Script {
    const turns = Array.from({ length: this.ms(1, 5) }, (_, i) => ({
      pause: i === 0 ? 0 : this.one(0, 500, 1500),
      timeouts: this.chance(0.15) ? { first_byte: 1200, turn: 4000 } : {},
      barge_in: this.chance(0.5) ? { after: this.one(0, 60, 300, 900, 2500), own: this.chance(0.3) } : null,
    }));
    const numbers = Array.from({ length: 10 }, (_, i) => String(i + 1));
    const streams = this.chance(0.12);
    const quiet = streams ? Array.from({ length: 800 }, (_, i) => ({ ...this.message(0, 'quiet'), at: 7 + i * frameMs })) : []; // prettier-ignore
    const greets = this.chance(0.7);
    const greeting = greets ? this.audio(this.ms(50, 900), this.ms(400, 2500, frameMs)) : [];
    const ends = this.chance(0.15)
      ? [{ do: this.one('stop', 'cut'), at: this.ms(1000, 20_000) } as const]
      : [];
    return {
      greeting: this.one('wait', 'wait', 'ignore'),
      timeouts: { ...timeouts, barge_in: this.one(5000, 1000) },
      markers: { response: [], end: this.chance(0.3) ? ['help'] : [] },
      turns,
      events: [...greeting.map((event) => ({ ...event, at: event.after })), ...quiet, ...ends],
      at_onset: Object.fromEntries(numbers.map((n) => [n, this.onset()])),
      at_end: Object.fromEntries(numbers.map((n) => [n, this.answer()])),
    };
  }
}

/** The engine's account of a script, in the words of the harness. */
function byEngine(script: Script): unknown {
  const call = new Rehearsal(
    {
      greeting: script.greeting,
      timeouts: script.timeouts,
      turns: script.turns.map(({ pause, timeouts: own, barge_in }) =>
        planTurn({
          pauseBeforeMs: pause,
          timeouts: { ...script.timeouts, ...own },
          bargeIn: barge_in && { afterMs: barge_in.after, probability: 1, clip: barge_in.own ? 0 : null },
        }),
      ),
    },
    script.markers,
  );
  let dropped: boolean | null = null;
  const act = (event: Event, at: number) => {
    call.at(at, (now) => {
      if (event.do === 'close') {
        call.now = now;
        dropped = call.close(event.code).outcome === 'dropped';
      } else if (event.do === 'stop') call.conversation.stopSoon();
      else if (event.do === 'cut') call.conversation.cut();
      else if (event.do === 'slip') call.conversation.slipped();
    });
  };
  const put = (event: Event, at: number) => {
    if (event.do === 'message') call.message(at, say[event.says]);
    else act(event, at);
  };
  for (const event of script.events) put(event, event.at);
  for (const [n, events] of Object.entries(script.at_onset))
    call.afterOnset(Number(n), (at) => events.forEach((event) => put(event, at + event.after)));
  for (const [n, events] of Object.entries(script.at_end))
    call.afterSpeech(Number(n), (at) => events.forEach((event) => put(event, at + event.after)));
  call.run();
  const { counts } = call.conversation;
  return {
    turns: call.turns.map(recordOf),
    greeting: counts.greetingMs,
    greeting_missing: counts.greetingMissing,
    started: counts.turnsStarted,
    over: call.conversation.over,
    dropped,
    errors: call.errors.filter(({ kind }) => kind === 'agent_error').length,
  };
}

function recordOf(turn: TurnRecord): Record<string, unknown> {
  return {
    index: turn.turn,
    started_at: turn.startedAt,
    onset_at: turn.onsetAt,
    end_of_speech_at: turn.endOfSpeechAt,
    first_message_at: turn.firstMessageAt,
    transcript_at: turn.transcriptAt,
    first_audio_at: turn.firstAudioAt,
    last_audio_at: turn.lastAudioAt,
    response_end_at: turn.responseEndAt,
    barge_in_at: turn.bargeInAt,
    agent_silent_at: turn.agentSilentAt,
    stop_message_at: turn.stopMessageAt,
    leftover_ms: turn.leftover_audio,
    barge_in_ms: turn.barge_in,
    barge_in_outcome: turn.bargeInOutcome,
    talk_over_ms: turn.talk_over,
    late_audio_ms: turn.lateAudioMs,
    status: turn.status,
    timed_out: turn.timedOut,
    ambiguous: turn.ambiguous,
    slipped: turn.excluded !== null,
    ttfb: turn.ttfb,
    ttfa: turn.ttfa,
    turn_time: turn.turn_time,
  };
}

describe.skipIf(python === null)(
  `the locustfile's conversation${python === null ? ` (${noPython})` : ''}`,
  () => {
    it('measures every turn as the engine does, whatever the agent does', { timeout: 60_000 }, async () => {
      const scripts = Array.from({ length: 150 }, (_, seed) => new Author(seed).script());
      const ours = scripts.map(byEngine);
      const theirs = (await play('rehearse', { say, scripts })) as unknown[];
      for (const [seed, expected] of ours.entries()) expect(theirs[seed], `script ${seed}`).toEqual(expected);
      const turns = ours.flatMap((one) => (one as { turns: Record<string, unknown>[] }).turns);
      const seen = (key: string) => new Set(turns.map((turn) => turn[key]));
      // A comparison of nothing but easy turns would say little.
      expect([...seen('status')].sort()).toEqual(['cut', 'failed', 'ok', 'timeout']);
      expect([...seen('barge_in_outcome')].map(String).sort()).toEqual([
      'completed', 'fell_silent', 'not_stopped', 'nothing_to_interrupt', 'null', 'stopped',
    ]); // prettier-ignore
      expect(seen('ambiguous')).toContain(true);
      expect(turns.some((turn) => turn.talk_over_ms !== null)).toBe(true);
    });
  },
);
