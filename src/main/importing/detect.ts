/** What a text is that is to be imported. */
import type { ImportKind } from '#contract/api/scenarios';
import { readCommands, readConfiguration } from './locust/read.ts';
import { isKnownVariable } from './variables/import.ts';
import { readVariables } from './variables/read.ts';

const k6Keys = /^\s*["']?(stages|vus|iterations|duration|scenarios|thresholds|options)["']?\s*:/m;
const k6Script = [
  /\bfrom\s*["']k6(\/[\w./-]+)?["']/,
  /\brequire\(\s*["']k6(\/[\w./-]+)?["']\s*\)/,
  /\bexport\s+(?:const|let|var)\s+options\b/,
  /\bexports\.options\s*=/,
];

/** Tells what a text is, or null when it cannot be told. */
export function detectKind(text: string): ImportKind | null {
  if (k6Script.some((mark) => mark.test(text))) return 'k6';
  if (
    /^\s*(?:(?:export\s+)?(?:const|let|var)\s+\w+\s*=\s*)?\{/.test(text) &&
    k6Keys.test(text.replaceAll(/[{,]/g, '\n'))
  )
    return 'k6';
  if (readCommands(text).length > 0) return 'locust';
  const { variables, unread } = readVariables(text);
  if (variables.some(({ name }) => isKnownVariable(name))) return 'env';
  if (readConfiguration(text).length > 0) return 'locust';
  return variables.length > 0 && unread.length === 0 ? 'env' : null;
}
