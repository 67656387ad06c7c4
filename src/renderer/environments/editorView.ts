import { recallWord, rememberWord } from '../frame/memory.ts';

/** What of an environment is on screen. */
export type EditorView = 'both' | 'form' | 'yaml';

const rememberedAs = 'environments.view';

export function recalledView(): EditorView {
  const word = recallWord(rememberedAs);
  return word === 'form' || word === 'yaml' ? word : 'both';
}

export function rememberView(view: EditorView): void {
  rememberWord(rememberedAs, view);
}
