import type { ConversationDocument } from '#contract/api/conversations';
import type { DraftTurn } from '#contract/audio/conversation';
import { formatDuration } from '#contract/units';
import type { PlainMap } from '../../document/plain.ts';
import { clipSeenFrom } from './clipPath.ts';

function writtenTurn(turn: DraftTurn, from: string, to: string): PlainMap {
  return {
    ...(turn.name === null ? {} : { name: turn.name }),
    ...(turn.clip === null ? { say: turn.say ?? '' } : { clip: clipSeenFrom(turn.clip, from, to) }),
    ...(turn.voice === null ? {} : { voice: turn.voice }),
    ...(turn.pauseBeforeMs === null ? {} : { pause_before: formatDuration(turn.pauseBeforeMs) }),
    ...turn.kept,
  };
}

/** A conversation of the studio as a scenario's file writes it. */
export function writtenConversation({ entry, draft }: ConversationDocument, scenario: string): PlainMap {
  return {
    name: draft.name,
    ...(draft.weight === 1 ? {} : { weight: draft.weight }),
    voice: draft.voice,
    turns: draft.turns.map((turn) => writtenTurn(turn, entry.path, scenario)),
  };
}
