import type { GenerationItem } from '#contract/api/clips';
import { type ShownState, shownState } from './turnStates.ts';

/** A clip of a generation as its row says it. */
export function itemShown(item: GenerationItem): ShownState {
  if (item.state === 'done') {
    return { state: 'ready', word: 'done', title: 'The clip is there', problem: null };
  }
  if (item.state === 'cancelled') {
    return {
      state: 'missing',
      word: 'cancelled',
      title: 'Not made: the generation was cancelled',
      problem: null,
    };
  }
  return shownState(null, item);
}
