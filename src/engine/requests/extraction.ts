/** Values of an answer that later requests use. */
import type { Extract } from '#contract/scenario/request';
import type { Answer } from './answer.ts';
import { jsonFinder } from './jsonPath.ts';

export interface CompiledExtract {
  readonly name: string;
  readonly needsBody: boolean;
  readonly ofJson: boolean;
  /** Where it looks, as messages call it. */
  readonly place: string;
  /** What it is where nothing is found; undefined: that fails the request. */
  readonly otherwise: unknown;
  /** undefined: nothing is there. */
  find(answer: Answer): unknown;
}

/** Throws a `CrosstalkError` for a path that is none. */
export function compileExtract(name: string, extract: Extract): CompiledExtract {
  const otherwise = 'default' in extract ? extract.default : undefined;
  if ('json' in extract) {
    const find = jsonFinder(extract.json);
    return {
      name, needsBody: true, ofJson: true, place: extract.json, otherwise,
      find: (answer) => find(answer.json()),
    }; // prettier-ignore
  }
  if ('header' in extract) {
    const { header } = extract;
    return {
      name, needsBody: false, ofJson: false, place: `the header ${header}`, otherwise,
      find: (answer) => answer.header(header) ?? undefined,
    }; // prettier-ignore
  }
  if ('cookie' in extract) {
    const { cookie } = extract;
    return {
      name, needsBody: false, ofJson: false, place: `the cookie ${cookie}`, otherwise,
      find: (answer) => answer.cookie(cookie) ?? undefined,
    }; // prettier-ignore
  }
  const expression = new RegExp(extract.regex);
  const { group } = extract;
  return {
    name, needsBody: true, ofJson: false, place: `/${extract.regex}/`, otherwise,
    find: (answer) => expression.exec(answer.text())?.[group],
  }; // prettier-ignore
}
