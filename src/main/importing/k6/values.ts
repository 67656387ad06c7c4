/** Values of a script that were worked out without running it. */
import type { ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'acorn';
import { namesSecret } from '#contract/secrets';

/** A part whose value only running the script would tell. */
export class NotKnown {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** What `__ENV.NAME` gives: it counts as not set, and stands in a text as a placeholder. */
export class Unset extends NotKnown {
  readonly name: string;
  constructor(name: string) {
    super(`it is given by __ENV.${name} when the script is started`);
    this.name = name;
  }

  /** As an environment of a scenario has it. */
  get placeholder(): string {
    return `\${${namesSecret(this.name) ? 'secret' : 'env'}:${this.name}}`;
  }
}

/** A function of the script, to be looked into where it is called. */
export class ScriptFunction {
  readonly node: FunctionNode;
  readonly scope: Scope;
  constructor(node: FunctionNode, scope: Scope) {
    this.node = node;
    this.scope = scope;
  }
}

export type FunctionNode = ArrowFunctionExpression | FunctionExpression | FunctionDeclaration;

export type Value =
  string | number | boolean | null | undefined | NotKnown | ScriptFunction | Value[] | ValueMap;

/** An object of the script. A Map, so that no key of a script means anything to this program. */
export class ValueMap extends Map<string, Value> {}

/** Names and their values, within the ones around them. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #around: Scope | null;

  constructor(around: Scope | null = null) {
    this.#around = around;
  }

  declare(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  /** Sets a name that was declared; false when there is none. */
  assign(name: string, value: Value): boolean {
    if (this.#names.has(name)) {
      this.#names.set(name, value);
      return true;
    }
    return this.#around?.assign(name, value) ?? false;
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.#around?.has(name) ?? false);
  }

  get(name: string): Value {
    return this.#names.has(name) ? this.#names.get(name) : this.#around?.get(name);
  }
}

/** Whether a value can be used: everything but what is not known. */
export function isKnown(value: Value): value is Exclude<Value, NotKnown> {
  return !(value instanceof NotKnown);
}

/** A plain value, from JSON, as one of a script. */
export function fromPlain(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value === 'object' && value !== null)
    return new ValueMap(Object.entries(value).map(([key, entry]) => [key, fromPlain(entry)]));
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}
