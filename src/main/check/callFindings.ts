/** What the call of a check tells: the words, the answer, and how the interruption went, by the definitions of a run. */
import type { TurnRecord } from '#contract/run';
import { formatMs } from '../reports/quantities.ts';
import { checkedTurns, turnOf, type CallTrace } from './call.ts';
import { closeCause } from './causes.ts';
import { failed, notNeeded, passed, type Fact, type Finding } from './steps.ts';

/** Audio of the old answer after a stop that still counts as having stopped, as in MEASUREMENT. */
const allowedLeftoverMs = 200;

function whatHappened(trace: CallTrace, turn: TurnRecord | null): string {
  const { call, errors, failure } = trace;
  return failure ?? turn?.error ?? errors[0]?.message ?? call?.error ?? 'the call ended before it';
}

function adviceFor(trace: CallTrace): string {
  const code = trace.call?.closeCode ?? null;
  // 1000 is our own goodbye where the call came to its planned end.
  return code === null || trace.call?.outcome === 'ended'
    ? 'The call did not last: the frames and the log of the agent may say why.'
    : `The agent closed the call with ${code}. ${closeCause(code)}`;
}

function facts(entries: [string, number | null][]): Fact[] {
  return entries.flatMap(([name, ms]) => (ms === null ? [] : [{ name, value: formatMs(ms) }]));
}

/** Whether the caller could say its words. */
export function spokenFinding(trace: CallTrace): Finding {
  const turn = turnOf(trace, checkedTurns.whole);
  if (turn?.endOfSpeechAt == null) return failed(whatHappened(trace, turn), adviceFor(trace));
  return {
    ...passed(`“${turn.clip}” of ${turn.conversation}`),
    ms: turn.endOfSpeechAt - (turn.onsetAt ?? turn.startedAt),
  };
}

/** Whether an answer was heard. */
export function answerFinding(trace: CallTrace): Finding {
  const turn = turnOf(trace, checkedTurns.whole);
  if (turn === null) return failed('no turn', adviceFor(trace));
  const known = facts([
    ['words understood (recognition)', turn.recognition],
    // Where nothing came, these stand at the time that was waited.
    ['first message (ttfb)', turn.firstMessageAt === null ? null : turn.ttfb],
    ['first audio (ttfa)', turn.firstAudioAt === null ? null : turn.ttfa],
    ['first audible sample (ttfa_audible)', turn.ttfa_audible],
    ['answer, first audio to its end (response)', turn.response],
    ['audio received', turn.audioReceivedMs],
  ]);
  return { ...answer(trace, turn), facts: known };
}

function answer(trace: CallTrace, turn: TurnRecord): Finding {
  const message = turn.ttfb === null ? '' : `first message after ${formatMs(turn.ttfb)}, `;
  const heard = `${message}first audio after ${formatMs(turn.ttfa)}, ${formatMs(turn.audioReceivedMs)} of audio`;
  if (turn.firstAudioAt !== null && turn.status === 'ok' && turn.talk_over === null)
    return { ...passed(heard), ms: turn.ttfa };
  if (turn.timedOut === 'first_byte') {
    return failed(
      turn.firstMessageAt === null ? 'silence' : `${message}but no audio`,
      turn.firstMessageAt === null
        ? 'The agent took the call and was spoken to, but sent nothing: is its speech recognition reachable, does it expect another sample rate, or another path for media?'
        : 'The agent understood, but no audio came: is its speech synthesis reachable? If it is only slow, raise timeouts.first_byte.',
    );
  }
  if (turn.timedOut === 'turn') {
    return failed(
      `${heard}, and no end`,
      'The answer did not end in time: raise timeouts.turn, or see why the agent goes on talking.',
    );
  }
  if (turn.firstAudioAt !== null && turn.talk_over !== null)
    return passed(
      `${formatMs(turn.audioReceivedMs)} of audio`,
      'The agent began before the caller had finished, so there is no time to first audio.',
    );
  return failed(whatHappened(trace, turn), adviceFor(trace));
}

/** Whether the agent was silent soon after it was interrupted. */
export function bargeInFinding(trace: CallTrace): Finding {
  const turn = turnOf(trace, checkedTurns.interrupted);
  if (turn === null) return failed(whatHappened(trace, turn), adviceFor(trace));
  const known = facts([
    ['until silent (barge_in)', turn.barge_in],
    ['until its stop message', since(turn.bargeInAt, turn.stopMessageAt)],
    ['old audio after the stop (leftover_audio)', turn.leftover_audio],
  ]);
  return { ...interruption(trace, turn), facts: known };
}

function since(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : to - from;
}

function interruption(trace: CallTrace, turn: TurnRecord): Finding {
  const silent = `silent ${formatMs(turn.barge_in)} after the caller began to speak`;
  switch (turn.bargeInOutcome) {
    case 'stopped': {
      const left = turn.leftover_audio ?? 0;
      const late =
        left > allowedLeftoverMs
          ? `${formatMs(left)} of the old answer still came after its stop message: the agent should throw away what it has not sent.`
          : null;
      return { ...passed(`${silent}, by a stop message`, late), ms: turn.barge_in };
    }
    case 'fell_silent':
      return {
        ...passed(
          silent,
          'It sent no stop message, so its answer may just have come to its end. A client that has buffered audio would go on playing it.',
        ),
        ms: turn.barge_in,
      };
    case 'completed':
    case 'nothing_to_interrupt':
      return notNeeded(
        'nothing to interrupt: the answer was over before',
        'Choose a turn with a longer answer first in the conversation, or interrupt sooner (barge_in.after), to see it.',
      );
    case 'not_stopped':
      return {
        ...failed(
          `it went on talking for ${formatMs(turn.barge_in)} and more`,
          'The agent does not stop when the caller speaks: is interruption (barge-in) switched on, and does it listen while it talks? It should send its stop message (StopAudio) when it hears the caller. Calls that do not interrupt work all the same.',
        ),
        ms: turn.barge_in,
      };
    case null:
      break;
  }
  if (turn.status === 'timeout')
    return failed(
      'the second turn was not answered',
      'The agent answered once and then no more: the frames show what it sent after the second turn; its log may say why.',
    );
  return failed(whatHappened(trace, turn), adviceFor(trace));
}

/** What else the call showed. */
export function callFacts(trace: CallTrace): Fact[] {
  return facts([['greeting, after the set-up', trace.call?.greeting ?? null]]);
}

/** An agent that goes on talking fails only calls that interrupt it. */
export function onlyTalksOn(trace: CallTrace): boolean {
  return turnOf(trace, checkedTurns.interrupted)?.bargeInOutcome === 'not_stopped';
}
