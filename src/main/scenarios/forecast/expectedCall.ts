/** How a call is expected to go: how long it takes, how long its caller speaks and how long it is answered. */
import type { VoiceUser } from '#contract/scenario/file';
import { PracticeConfig, type Delay } from '#contract/practice';
import { timedTurns, type ClipPlaces, type TimedTurn } from './clipLengths.ts';

/** Milliseconds of one call. */
export interface ExpectedCall {
  /** From its connection to its end. */
  callMs: number;
  /** During which the caller sends speech. */
  speechMs: number;
  /** During which the agent sends speech. */
  answerMs: number;
}

/** What an agent is expected to do: what the practice agent does unless it is told otherwise. Nobody knows it of another one before the run. */
interface ExpectedAgent {
  /** From the end of an utterance to the first audio of the answer. */
  waitMs: number;
  answerMs: number;
  /** From the connection on. */
  greetingWaitMs: number;
  greetingMs: number;
}

function middleOf(delay: Delay): number {
  switch (delay.kind) {
    case 'fixed':
      return delay.value;
    case 'uniform':
      return (delay.min + delay.max) / 2;
    case 'lognormal':
      return delay.median;
  }
}

function usualAgent(): ExpectedAgent {
  const config = PracticeConfig.parse({});
  return {
    waitMs: middleOf(config.delay),
    answerMs: config.sentences * config.sentence + (config.sentences - 1) * config.sentence_gap,
    greetingWaitMs: middleOf(config.greeting_delay),
    greetingMs: config.greeting_length,
  };
}

const agent = usualAgent();

/** Adds what one turn takes. */
function addTurn(
  call: ExpectedCall,
  { turn, ms, bargeInMs }: TimedTurn,
  user: VoiceUser,
  isLast: boolean,
): void {
  const timeouts = { ...user.timeouts, ...turn?.timeouts };
  const bargeIn = turn?.barge_in;
  // A last turn is interrupted only by words of its own.
  const interrupted = bargeIn && (!isLast || bargeInMs !== null) ? bargeIn.probability : 0;
  const heard = (1 - interrupted) * agent.answerMs + interrupted * (bargeIn?.after ?? 0);
  call.speechMs += ms;
  call.answerMs += heard;
  call.callMs += ms + agent.waitMs + heard + (1 - interrupted) * timeouts.response_gap;
  if (bargeInMs === null || interrupted === 0) return;
  call.speechMs += interrupted * bargeInMs;
  call.answerMs += interrupted * agent.answerMs;
  call.callMs += interrupted * (bargeInMs + agent.waitMs + agent.answerMs + timeouts.response_gap);
}

function callOf(turns: readonly TimedTurn[], user: VoiceUser): ExpectedCall {
  const call: ExpectedCall = { callMs: 0, speechMs: 0, answerMs: 0 };
  if (user.greeting === 'wait') {
    call.callMs += agent.greetingWaitMs + agent.greetingMs + user.timeouts.response_gap;
    call.answerMs += agent.greetingMs;
  }
  const count = turns.length === 0 ? 0 : (user.turns_per_call ?? turns.length);
  for (let i = 0; i < count; i++) {
    const timed = turns[i % turns.length];
    const before = turns[(i - 1 + turns.length) % turns.length];
    if (!timed) continue;
    // What interrupts an answer does not wait before it speaks.
    const follows = i > 0 && before?.turn?.barge_in && before.bargeInMs === null;
    const waits = follows ? 1 - (before.turn?.barge_in?.probability ?? 0) : 1;
    call.callMs += waits * (timed.turn?.pause_before ?? (i === 0 ? 0 : user.pause_between_turns));
    addTurn(call, timed, user, i === count - 1);
  }
  return call;
}

/** Calls on average, and how far their lengths are apart: the standard deviation as a share of the average. */
export interface AverageCall extends ExpectedCall {
  spread: number;
}

/** The call of a users entry, its conversations by their weights. */
export async function expectedCall(user: VoiceUser, places: ClipPlaces): Promise<AverageCall> {
  const mean: ExpectedCall = { callMs: 0, speechMs: 0, answerMs: 0 };
  let squares = 0;
  const weights = user.conversations.reduce((sum, { weight }) => sum + weight, 0);
  for (const conversation of user.conversations) {
    const call = callOf(await timedTurns(conversation, places), user);
    const share = conversation.weight / weights;
    mean.callMs += share * call.callMs;
    mean.speechMs += share * call.speechMs;
    mean.answerMs += share * call.answerMs;
    squares += share * call.callMs ** 2;
  }
  const spread = mean.callMs > 0 ? Math.sqrt(Math.max(0, squares / mean.callMs ** 2 - 1)) : 0;
  return { ...mean, spread: spread < 0.001 ? 0 : spread };
}
