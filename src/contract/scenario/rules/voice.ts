/** What must hold between the turns of a conversation. */
import type { ValueProblem } from '../explain.ts';
import type { Conversation, VoiceUser } from '../file.ts';
import type { Path } from './words.ts';

/** An answer that is interrupted needs a turn after it, or words of its own. */
export function lastTurn(conversation: Conversation, user: VoiceUser, path: Path): ValueProblem[] {
  const turns = conversation.turns;
  if (!turns) return [];
  const perCall = user.turns_per_call ?? turns.length;
  const last = (perCall - 1) % turns.length;
  const bargeIn = turns[last]?.barge_in;
  if (!bargeIn || bargeIn.say !== undefined || bargeIn.clip !== undefined) return [];
  const why = user.turns_per_call === undefined ? '' : ` (turns_per_call is ${user.turns_per_call})`;
  return [
    {
      path: [...path, 'turns', last, 'barge_in'],
      message:
        `turn ${last + 1} of ${JSON.stringify(conversation.name)} is the last one of a call${why}, ` +
        'so no next utterance interrupts its answer; give barge_in a "say" or "clip" of its own',
    },
  ];
}
