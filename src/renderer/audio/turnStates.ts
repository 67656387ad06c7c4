/** How the audio of a turn stands, in one word with a sentence behind it. */
import type { GenerationItem, TurnAudio } from '#contract/api/clips';

export type TurnState =
  TurnAudio['state'] | 'asking' | Extract<GenerationItem['state'], 'waiting' | 'speaking' | 'failed'>;

export interface ShownState {
  state: TurnState;
  word: string;
  /** What it means, for a hover. */
  title: string;
  /** A sentence to be read, or null. */
  problem: string | null;
}

const words: Record<TurnState, { word: string; title: string }> = {
  ready: { word: 'ready', title: 'The clip is there' },
  missing: { word: 'missing', title: 'Not spoken yet: Generate missing makes the clip' },
  empty: { word: 'empty', title: 'Write what is said, or record it' },
  broken: { word: 'broken', title: 'The clip cannot be used' },
  asking: { word: '…', title: 'Looking for the clip' },
  waiting: { word: 'waiting', title: 'It is this clip’s turn soon' },
  speaking: { word: 'speaking', title: 'The clip is being made' },
  failed: { word: 'failed', title: 'The clip could not be made' },
};

/** The state of a turn on screen: what is being generated comes before what was found last. */
export function shownState(audio: TurnAudio | null, item: GenerationItem | null): ShownState {
  const made = audio !== null && audio.state !== 'missing';
  const state = (made ? null : goingOn(item)) ?? audio?.state ?? 'asking';
  const problem = state === 'failed' ? (item?.problem ?? null) : (audio?.problem ?? null);
  return { state, ...words[state], problem };
}

function goingOn(item: GenerationItem | null): TurnState | null {
  const state = item?.state;
  return state === 'waiting' || state === 'speaking' || state === 'failed' ? state : null;
}
