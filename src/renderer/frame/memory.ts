/** Small things of the layout that this screen remembers between visits (pane sizes, opened panels). */

const prefix = 'crosstalk.layout.';

/** A remembered number, or `otherwise` when there is none that makes sense. */
export function recallNumber(name: string, otherwise: number): number {
  const text = localStorage.getItem(prefix + name);
  const value = text === null ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : otherwise;
}

export function remember(name: string, value: number): void {
  localStorage.setItem(prefix + name, String(value));
}

/** A remembered word, or null. */
export function recallWord(name: string): string | null {
  return localStorage.getItem(prefix + name);
}

export function rememberWord(name: string, word: string): void {
  localStorage.setItem(prefix + name, word);
}
