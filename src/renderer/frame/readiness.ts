/** Tells whoever watches the page from outside that the first screen shows data, or says why it has none. */
export function sayLoaded(): void {
  document.documentElement.dataset.appState = 'loaded';
}
