/** What tests of conversations share. */
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import type { AppError, Result } from '#contract/errors';

/** The value of what must have worked. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.message}\n${result.error.detail ?? ''}`);
  return result.value;
}

/** Why something was refused. */
export function refusal(result: Result<unknown>): AppError {
  if (result.ok) throw new Error('it was not refused');
  return result.error;
}

export function turn(over: Partial<DraftTurn> = {}): DraftTurn {
  return { key: 'k', say: null, clip: null, name: null, voice: null, pauseBeforeMs: null, kept: {}, ...over };
}

export function draft(over: Partial<ConversationDraft> = {}): ConversationDraft {
  return {
    name: 'Card lost',
    weight: 1,
    voice: { provider: 'offline', name: 'slt' },
    turns: [turn({ say: 'I lost my card' }), turn({ clip: '../recordings/thanks.wav' })],
    ...over,
  };
}
