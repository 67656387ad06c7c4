/** A scenario file as text: reading it, parsing its YAML, and finding where in it a value stands. */
import { readFile, stat } from 'node:fs/promises';
import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, YAMLError } from 'yaml';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import type { ValuePath } from '#contract/scenario/shape';
import { diskReason } from '../diskReason.ts';

/** A scenario is written by hand; what is larger is something else. */
export const largestScenarioBytes = 1024 * 1024;
/** Values that aliases may stand for, so that a few lines cannot become millions. */
const mostAliases = 10_000;
/** One broken bracket breaks everything after it. */
const mostYamlProblems = 10;

export interface ScenarioSource {
  /** As the operator gave it: it stands in messages. */
  path: string;
  text: string;
  document: Document;
  lines: LineCounter;
}

/** Reads the text of a scenario file. Errors: `scenario_missing`, `scenario_unreadable`, `scenario_too_large`. */
export async function readScenarioText(path: string): Promise<Result<string>> {
  try {
    const found = await stat(path);
    if (!found.isFile()) {
      return fail(
        'invalid_input',
        'scenario_unreadable',
        `${path} is not a file; name a scenario file (.yaml).`,
      );
    }
    if (found.size > largestScenarioBytes) {
      const size = (found.size / largestScenarioBytes).toFixed(1);
      return fail(
        'invalid_input',
        'scenario_too_large',
        `${path} has ${size} MB; a scenario file may have at most 1 MB.`,
      );
    }
    const bytes = await readFile(path);
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return fail('invalid_input', 'scenario_missing', `There is no scenario file ${path}.`);
    }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return fail('invalid_input', 'scenario_unreadable', `${path} is not text in UTF-8; save it as UTF-8.`);
    }
    return fail('invalid_input', 'scenario_unreadable', `${path} cannot be read: ${diskReason(thrown)}.`);
  }
}

const yamlSentences: Record<string, string> = {
  DUPLICATE_KEY: 'this key stands here twice; a map has each key once',
  TAB_AS_INDENT: 'a tab cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'a scenario file holds one document; remove what follows the second "---"',
  NON_STRING_KEY: 'a key must be plain text',
  UNEXPECTED_TOKEN: `this does not belong here; look before it for a bracket, quote, comma or ":" that is missing or one too many`,
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line; a text with ": " in it stands in quotes',
  MULTILINE_IMPLICIT_KEY:
    'a key stands on one line, with ": " behind it; a text of several lines stands in quotes',
  BLOCK_IN_FLOW: 'within { } and [ ] nothing begins with "- "; write [a, b]',
  BAD_SCALAR_START: 'a text that begins with this sign stands in quotes',
  BAD_DQ_ESCAPE: 'this is no escape; within double quotes write "\\\\" for a "\\", or use single quotes',
  TAG_RESOLVE_FAILED: 'tags (words beginning with "!") are not used in scenarios; remove it',
};

function yamlSentence(error: YAMLError): string {
  if (/call stack/i.test(error.message)) return 'this is nested too deeply for a scenario';
  return yamlSentences[error.code] ?? `this is not valid YAML: ${error.message}`;
}

/** Parses a scenario, whose top level is a map. Everything wrong with it as YAML comes back as problems with their line. */
export function parseScenarioText(
  path: string,
  text: string,
): { source: ScenarioSource } | { problems: ScenarioProblem[] } {
  const parsed = parseYamlText(path, text);
  if ('problems' in parsed) return parsed;
  if (isMap(parsed.source.document.contents)) {
    const newer = newerVersion(parsed.source, 'scenario');
    return newer === null ? parsed : { problems: [newer] };
  }
  const { document, lines } = parsed.source;
  const what =
    document.contents === null
      ? 'the file is empty'
      : 'this is not a scenario: its top level must be keys and values';
  const at = lines.linePos(0);
  const message = `${what}; it begins with "version: 1"`;
  return { problems: [{ file: path, line: at.line, column: at.col, path: '', message }] };
}

/**
 * The one problem of a file that a newer program wrote: what else it holds cannot be judged here. Null for version 1, and
 * for what is no version at all.
 */
export function newerVersion(source: ScenarioSource, what: string): ScenarioProblem | null {
  const { document } = source;
  const version: unknown = isMap(document.contents) ? document.get('version') : null;
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= 1) return null;
  const at = locate(source, ['version']);
  const message = `this is version ${version} of the ${what} format and this program reads version 1; open it with a newer Crosstalk`;
  return { file: source.path, line: at?.line ?? null, column: at?.column ?? null, path: 'version', message };
}

/** Parses YAML of any shape, with the same care: no tags, no second document, no key twice. */
export function parseYamlText(
  path: string,
  text: string,
): { source: ScenarioSource } | { problems: ScenarioProblem[] } {
  const lines = new LineCounter();
  const problem = (offset: number | null, message: string): ScenarioProblem => {
    const at = offset === null ? null : lines.linePos(offset);
    return { file: path, line: at?.line ?? null, column: at?.col ?? null, path: '', message };
  };
  let document: Document;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      version: '1.2',
    });
  } catch {
    return { problems: [problem(null, 'this is not a scenario: it is nested too deeply')] };
  }
  const all = [...document.errors, ...document.warnings];
  const found = all.filter((error, i) => all.findIndex((other) => other.pos[0] === error.pos[0]) === i);
  if (found.length > 0) {
    const problems = found
      .slice(0, mostYamlProblems)
      .map((error) => problem(error.pos[0], yamlSentence(error)));
    return { problems };
  }
  return { source: { path, text, document, lines } };
}

/** An alias that stands inside what it names: its value would have no end. */
function selfContained(document: Document): Alias | null {
  let found: Alias | null = null;
  visit(document, {
    Alias(_key, alias, path) {
      const named = alias.resolve(document);
      if (!named || !path.includes(named)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** The plain value of the document, or why its aliases cannot be followed. */
export function valueOf(source: ScenarioSource): { value: unknown } | { problem: ScenarioProblem } {
  const endless = selfContained(source.document);
  if (endless) {
    const offset = startOf(endless);
    const at = offset === null ? null : source.lines.linePos(offset);
    const message = `"*${endless.source}" stands inside what "&${endless.source}" names, so it would have no end`;
    return {
      problem: { file: source.path, line: at?.line ?? null, column: at?.col ?? null, path: '', message },
    };
  }
  try {
    const value: unknown = source.document.toJS({ maxAliasCount: mostAliases });
    return { value };
  } catch {
    const unresolved = unresolvedAlias(source.document);
    const offset = startOf(unresolved);
    const at = offset === null ? null : source.lines.linePos(offset);
    const message = unresolved
      ? `nothing is named by "*${unresolved.source}"; name it before with "&${unresolved.source}"`
      : `its aliases (words beginning with "*") multiply to more than ${mostAliases} values`;
    return {
      problem: { file: source.path, line: at?.line ?? null, column: at?.col ?? null, path: '', message },
    };
  }
}

function unresolvedAlias(document: Document): Alias | null {
  let found: Alias | null = null;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/**
 * Where a value stands (1-based), or the nearest thing around it. `key`: the position of that key in the map at `path`.
 * A list or map is shown by the key that introduces it. Null for what is not in the text.
 */
export function locate(
  source: ScenarioSource,
  path: ValuePath,
  key?: string,
): { line: number; column: number } | null {
  let node: unknown = source.document.contents;
  let offset = startOf(node);
  for (const part of key === undefined ? path : [...path, key]) {
    if (isAlias(node)) node = node.resolve(source.document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (!pair) break;
      node = pair.value;
      const own = isCollection(node) || isEmpty(node) ? null : startOf(node);
      offset = own ?? startOf(pair.key) ?? offset;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)];
      if (item === undefined) break;
      node = item;
      offset = startOf(node) ?? offset;
    } else break;
  }
  if (key !== undefined) offset = keyOffset(source, path, key) ?? offset;
  if (offset === null) return null;
  const at = source.lines.linePos(offset);
  return { line: at.line, column: at.col };
}

function keyOffset(source: ScenarioSource, path: ValuePath, key: string): number | null {
  const map = source.document.getIn(path, true);
  const resolved = isAlias(map) ? map.resolve(source.document) : map;
  if (!isMap(resolved)) return null;
  const pair = resolved.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return startOf(pair?.key);
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '');
}

function startOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return null;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : null;
}
