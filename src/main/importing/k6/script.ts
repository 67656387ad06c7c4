/** A k6 script, or its options alone, as text → its options, its own metrics and the address it calls. */
import { parse, parseExpressionAt, type AnyNode, type Program } from 'acorn';
import { fail, ok, type Result } from '#contract/errors';
import type { CustomMetric } from './evaluate.ts';
import { childrenOf, Script } from './statements.ts';
import { fromPlain, NotKnown, Scope, Unset, ValueMap, type Value } from './values.ts';

export interface K6Address {
  url: string;
  headers: Record<string, string>;
}

export interface K6Script {
  options: ValueMap;
  metrics: ReadonlyMap<string, CustomMetric>;
  /** Where it opens WebSockets, and with which headers, when that can be told. */
  address: K6Address | null;
  /** Names of `__ENV` that were taken as not set. */
  variables: string[];
  /** The options are there but not exported. */
  notExported: boolean;
  /** There is more than options in it. */
  hasCode: boolean;
}

const optionKeys = ['stages', 'vus', 'duration', 'iterations', 'scenarios', 'thresholds'];

function isOptions(value: Value): value is ValueMap {
  return value instanceof ValueMap && optionKeys.some((key) => value.has(key));
}

function alone(options: ValueMap): K6Script {
  return { options, metrics: new Map(), address: null, variables: [], notExported: false, hasCode: false };
}

/** JSON: the options themselves, or an archive's metadata with them inside. */
function fromJson(text: string): ValueMap | null {
  try {
    const value = fromPlain(JSON.parse(text));
    const inside = value instanceof ValueMap ? value.get('options') : undefined;
    if (isOptions(value)) return value;
    return inside instanceof ValueMap ? inside : null;
  } catch {
    return null;
  }
}

type Parsed = { program: Program } | { expression: AnyNode } | { message: string };

function parseScript(text: string): Parsed {
  const lenient = {
    ecmaVersion: 'latest',
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    checkPrivateFields: false,
  } as const;
  let message = '';
  for (const sourceType of ['module', 'script'] as const) {
    try {
      const program = parse(text, { ...lenient, sourceType });
      // `{ vus: 1 }` alone is a block with a label as a program.
      const isObject =
        /^\s*\{/.test(text) && program.body.length === 1 && program.body[0]?.type === 'BlockStatement';
      if (!isObject) return { program };
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
      message ||= thrown.message;
    }
  }
  try {
    return { expression: parseExpressionAt(`(${text.trim().replace(/[;,]$/, '')})`, 0, lenient) };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { message };
  }
}

/** What opens a WebSocket: `ws.connect(url)`, `new WebSocket(url)`. */
function openedBy(node: AnyNode): AnyNode[] {
  if (node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === 'WebSocket')
    return node.arguments;
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return [];
  const { property } = node.callee;
  return property.type === 'Identifier' && property.name === 'connect' ? node.arguments : [];
}

/** The headers among the arguments that open a WebSocket, as far as their values are texts. */
function headersOf(given: readonly Value[]): Record<string, string> {
  const found = given.find((value) => value instanceof ValueMap && value.get('headers') instanceof ValueMap);
  const headers = found instanceof ValueMap ? found.get('headers') : undefined;
  if (!(headers instanceof ValueMap)) return {};
  return Object.fromEntries(
    [...headers].flatMap(([name, value]): [string, string][] => {
      if (value instanceof Unset) return [[name, value.placeholder]];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/** The first address that a WebSocket is opened to and that can be told without running the script. */
function findAddress(script: Script, node: AnyNode, scope: Scope): K6Address | null {
  const given = openedBy(node).map((argument) => script.expressions.evaluate(argument, scope));
  const [first] = given;
  const url = first instanceof Unset ? first.placeholder : first;
  if (typeof url === 'string' && /^(wss?:\/\/|https?:\/\/|\$\{)/i.test(url))
    return { url, headers: headersOf(given.slice(1)) };
  let inner = scope;
  if (node.type === 'BlockStatement') {
    inner = new Scope(scope);
    for (const statement of node.body)
      if (statement.type === 'VariableDeclaration') script.declareAll(statement, inner);
  }
  for (const child of childrenOf(node)) {
    const found = findAddress(script, child, inner);
    if (found !== null) return found;
  }
  return null;
}

function placeOf(message: string): string {
  const at = /\((\d+):(\d+)\)\s*$/.exec(message);
  const what = message.replace(/\s*\(\d+:\d+\)\s*$/, '');
  return at ? `line ${at[1]}, column ${Number(at[2]) + 1}: ${what}` : what;
}

function fromProgram(program: Program): K6Script | null {
  const script = new Script(program);
  const exported = script.exportOf('options');
  const declared = script.scope.get('options');
  const options = exported === undefined ? declared : exported;
  const unknown = options instanceof NotKnown ? new ValueMap([['options', options]]) : null;
  const found = options instanceof ValueMap ? options : unknown;
  if (!found) return null;
  const variables = [...script.expressions.variables];
  return {
    options: found,
    metrics: script.expressions.metrics,
    address: findAddress(script, program, script.scope),
    variables,
    notExported: exported === undefined,
    hasCode: true,
  };
}

const noOptions =
  'There are no k6 options in this text. Paste the script with its “export const options = { … }”, or the options alone.';

/**
 * Reads a script without running any of it. Errors: `unreadable_script` (it is not JavaScript), `nothing_to_import` (it
 * has no options).
 */
export function readScript(text: string): Result<K6Script> {
  const json = fromJson(text);
  if (json) return ok(alone(json));
  try {
    const parsed = parseScript(text.replace(/^\uFEFF/, ''));
    if ('message' in parsed) {
      return fail(
        'invalid_input',
        'unreadable_script',
        `The script cannot be read as JavaScript, ${placeOf(parsed.message)}. Correct it; TypeScript must be compiled first.`,
      );
    }
    if ('program' in parsed) {
      const script = fromProgram(parsed.program);
      return script ? ok(script) : fail('invalid_input', 'nothing_to_import', noOptions);
    }
    const empty = new Script({ type: 'Program', body: [], sourceType: 'script', start: 0, end: 0 });
    const options = empty.expressions.evaluate(parsed.expression, empty.scope);
    if (isOptions(options)) return ok({ ...alone(options), variables: [...empty.expressions.variables] });
    return fail('invalid_input', 'nothing_to_import', noOptions);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return fail(
      'invalid_input',
      'unreadable_script',
      'The script is nested too deeply to be read. Paste its options alone.',
    );
  }
}
