/** Keys that work on every screen. */
import { place } from '../navigation/place.svelte.ts';
import { compareRuns, type Route } from '../navigation/routes.ts';
import { commands } from './commands.svelte.ts';
import { commandHeld } from './platform.ts';

const places: Record<string, Route> = {
  r: { screen: 'runs', search: '', filters: [] },
  s: { screen: 'scenarios', path: null },
  a: { screen: 'audio', conversation: null },
  e: { screen: 'environments', name: null, tab: 'environments' },
  c: compareRuns([]),
  k: { screen: 'check', path: null, environment: null, url: null },
};
const secondKeyMs = 1200;

/** Whether keys go into a field there. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

/** Listens for the app's keys; `runDefault` is what Ctrl/Cmd-Enter does on a screen without a scenario. Returns how to stop. */
export function listenForKeys(runDefault: () => void): () => void {
  let goPressedAt = -Infinity;
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (commandHeld(event) && !event.altKey && !event.shiftKey) {
      const key = event.key.toLowerCase();
      if (key === 'k') {
        event.preventDefault();
        if (commands.paletteOpen) return;
        if (!document.querySelector('dialog[open]')) commands.openPalette();
      } else if (key === ',') {
        event.preventDefault();
        place.go({ screen: 'settings' });
      } else if (key === 'enter' && !document.querySelector('dialog[open]')) {
        event.preventDefault();
        if (!commands.runPrimary()) runDefault();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'g') {
      goPressedAt = event.timeStamp;
      return;
    }
    const to = places[event.key];
    if (to && event.timeStamp - goPressedAt < secondKeyMs) {
      event.preventDefault();
      place.go(to);
    } else if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('input[type="search"]');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    goPressedAt = -Infinity;
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
