/**
 * Works out the values of a script's top level from its syntax tree. Nothing of it is ever run by JavaScript itself: no name of a
 * script reaches this program, and every step is counted.
 */
import type { AnyNode, CallExpression, Expression, MemberExpression, Pattern, PrivateIdentifier, Property, SpreadElement, Super } from 'acorn'; // prettier-ignore
import { binary, callMethod, callNamed, copyInto, extend, isPrimitive, member, setMember, truthOf, unary } from './operators.ts'; // prettier-ignore
import { NotKnown, Scope, ScriptFunction, Unset, ValueMap, type Value } from './values.ts';

const mostSteps = 50_000;
const deepest = 60;
/** Of a list that is made. */
const mostEntries = 2000;

/** A metric that the script makes itself. */
export interface CustomMetric {
  type: 'Trend' | 'Rate' | 'Counter' | 'Gauge';
  /** A trend of times, which are in milliseconds. */
  isTime: boolean;
}

type Argument = Expression | SpreadElement;

/** Runs the statements of a function and gives what it returns. */
export type CallFunction = (called: ScriptFunction, given: Value[]) => Value;

export class Expressions {
  /** Names of `__ENV` that were looked at. */
  readonly variables = new Set<string>();
  readonly metrics = new Map<string, CustomMetric>();
  /** What `__ENV` is. */
  readonly #environment = new ValueMap();
  readonly #call: CallFunction;
  #steps = 0;
  #depth = 0;

  constructor(call: CallFunction) {
    this.#call = call;
  }

  /** Counts a step; false when there were too many. */
  step(): boolean {
    return ++this.#steps <= mostSteps;
  }

  /** The value of an expression. */
  evaluate(node: AnyNode | Super | PrivateIdentifier, scope: Scope): Value {
    if (!this.step()) return new NotKnown('the script takes too many steps to be worked out');
    if (this.#depth >= deepest) return new NotKnown('it is nested too deeply to be worked out');
    this.#depth += 1;
    try {
      return this.#evaluate(node, scope);
    } finally {
      this.#depth -= 1;
    }
  }

  #evaluate(node: AnyNode | Super | PrivateIdentifier, scope: Scope): Value {
    switch (node.type) {
      case 'Literal': {
        const { value } = node;
        if (value === null && !node.regex) return null;
        return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          ? value
          : new NotKnown('it is neither text nor a number');
      }
      case 'TemplateLiteral': {
        let text: Value = '';
        node.quasis.forEach((quasi, i) => {
          text = binary('+', text, quasi.value.cooked ?? '');
          const part = node.expressions[i];
          if (!part) return;
          const value = this.evaluate(part, scope);
          text = value instanceof NotKnown || isPrimitive(value) ? binary('+', text, value) : new NotKnown('an object stands in a text'); // prettier-ignore
        });
        return text;
      }
      case 'Identifier':
        return this.#named(node.name, scope);
      case 'ArrayExpression': {
        const list: Value[] = [];
        for (const entry of node.elements) {
          if (entry === null) list.push(undefined);
          else if (entry.type === 'SpreadElement') extend(list, this.evaluate(entry.argument, scope));
          else list.push(this.evaluate(entry, scope));
        }
        return list;
      }
      case 'ObjectExpression':
        return this.#object(node.properties, scope);
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return this.evaluate(node.expression, scope);
      case 'UnaryExpression':
        return unary(node.operator, this.evaluate(node.argument, scope));
      case 'BinaryExpression':
        return binary(node.operator, this.evaluate(node.left, scope), this.evaluate(node.right, scope));
      case 'LogicalExpression': {
        const left = this.evaluate(node.left, scope);
        const truth = truthOf(left);
        if (truth === null) return left;
        const isNothing = left instanceof Unset || (left ?? null) === null;
        const goesOn = node.operator === '??' ? isNothing : (node.operator === '&&') === truth;
        return goesOn ? this.evaluate(node.right, scope) : left;
      }
      case 'ConditionalExpression': {
        const test = this.evaluate(node.test, scope);
        const truth = truthOf(test);
        if (truth === null) return test;
        return this.evaluate(truth ? node.consequent : node.alternate, scope);
      }
      case 'MemberExpression':
        return this.#member(node, scope);
      case 'CallExpression':
        return this.#called(node, scope);
      case 'NewExpression':
        return this.#made(node.callee, node.arguments, scope);
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
        return new ScriptFunction(node, scope);
      case 'AssignmentExpression': {
        const now = node.operator === '=' ? undefined : this.evaluate(node.left, scope);
        const right = this.evaluate(node.right, scope);
        const value = node.operator === '=' ? right : binary(node.operator.slice(0, -1), now, right);
        this.assign(node.left, value, scope);
        return value;
      }
      case 'UpdateExpression': {
        const now = this.evaluate(node.argument, scope);
        const next = binary(node.operator === '++' ? '-' : '+', now, -1);
        this.assign(node.argument, node.operator === '++' ? next : binary('-', now, 1), scope);
        return node.prefix ? this.evaluate(node.argument, scope) : now;
      }
      case 'SequenceExpression':
        return node.expressions.map((one) => this.evaluate(one, scope)).at(-1);
      default:
        return new NotKnown('only running the script would tell it');
    }
  }

  #named(name: string, scope: Scope): Value {
    if (scope.has(name)) return scope.get(name);
    if (name === '__ENV') return this.#environment;
    if (name === 'undefined') return undefined;
    if (name === 'NaN') return NaN;
    if (name === 'Infinity') return Infinity;
    return new NotKnown(`“${name}” is not worked out`);
  }

  #object(properties: readonly (Property | SpreadElement)[], scope: Scope): ValueMap {
    const map = new ValueMap();
    for (const property of properties) {
      if (property.type === 'SpreadElement') {
        copyInto(map, this.evaluate(property.argument, scope));
        continue;
      }
      const key = this.#key(property.key, property.computed, scope);
      if (property.kind !== 'init') map.set(key ?? '...', new NotKnown('it is a function of the script'));
      else map.set(key ?? '...', key === null ? new NotKnown('its name is not known') : this.evaluate(property.value, scope)); // prettier-ignore
    }
    return map;
  }

  /** The name of a part; null when it is not known. */
  #key(node: Expression | PrivateIdentifier, computed: boolean, scope: Scope): string | null {
    if (!computed && node.type === 'Identifier') return node.name;
    const value = this.evaluate(node, scope);
    return isPrimitive(value) ? String(value) : null;
  }

  #member(node: MemberExpression, scope: Scope): Value {
    const of = this.evaluate(node.object, scope);
    const key = this.#key(node.property, node.computed, scope);
    if (key === null) return new NotKnown('its name is not known');
    if (of === this.#environment) {
      this.variables.add(key);
      return new Unset(key);
    }
    if (node.optional && (of ?? null) === null) return undefined;
    return member(of, key);
  }

  #arguments(given: readonly Argument[], scope: Scope): Value[] {
    const values: Value[] = [];
    for (const one of given) {
      if (one.type === 'SpreadElement') extend(values, this.evaluate(one.argument, scope));
      else values.push(this.evaluate(one, scope));
    }
    return values;
  }

  #called(node: CallExpression, scope: Scope): Value {
    const { callee } = node;
    const given = this.#arguments(node.arguments, scope);
    if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier') {
      const method = callee.property.name;
      const base = callee.object.type === 'Identifier' ? callee.object.name : '';
      const known = scope.has(base) ? null : callNamed(`${base}.${method}`, given);
      if (known !== null) return known;
      if (base === 'Array' && method === 'from') return this.#each(given[0], given[1]);
      const of = this.evaluate(callee.object, scope);
      const own = of instanceof ValueMap ? of.get(method) : undefined;
      if (own instanceof ScriptFunction) return this.#call(own, given);
      // `JSON.parse(open(…))`: what it is given says more than what is called.
      if (of instanceof NotKnown) return given.find((value) => value instanceof NotKnown) ?? of;
      if (Array.isArray(of) && method === 'map') return this.#each(of, given[0]);
      return callMethod(of, method, given) ?? new NotKnown(`“.${method}()” is not worked out`);
    }
    if (callee.type === 'Identifier' && !scope.has(callee.name)) {
      if (callee.name === 'open') return new NotKnown('it stands in another file');
      return callNamed(callee.name, given) ?? new NotKnown(`“${callee.name}()” is not worked out`);
    }
    const called = this.evaluate(callee, scope);
    if (called instanceof ScriptFunction) return this.#call(called, given);
    return called instanceof NotKnown ? called : new NotKnown('what is called is not a function');
  }

  /** `list.map(f)`, and `Array.from({ length: n }, f)`. */
  #each(of: Value, by: Value): Value {
    const length = of instanceof ValueMap ? of.get('length') : undefined;
    const list = Array.isArray(of) ? of : typeof length === 'number' && length >= 0 && length <= mostEntries ? Array.from({ length }, (): Value => undefined) : null; // prettier-ignore
    if (list === null) return of instanceof NotKnown ? of : new NotKnown('it is no list');
    if (by === undefined) return [...list];
    if (!(by instanceof ScriptFunction)) return new NotKnown('only running the script would tell it');
    return list.map((one, i) => this.#call(by, [one, i]));
  }

  #made(callee: Expression | Super, given: readonly Argument[], scope: Scope): Value {
    const made = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : ''; // prettier-ignore
    const [name, isTime] = this.#arguments(given, scope);
    if (
      (made === 'Trend' || made === 'Rate' || made === 'Counter' || made === 'Gauge') &&
      typeof name === 'string'
    )
      this.metrics.set(name, { type: made, isTime: isTime === true });
    return new NotKnown(`a new ${made === '' ? 'object' : made} is made while the script runs`);
  }

  /** Puts a value where a pattern says; parts that cannot be followed become unknown. */
  assign(to: Pattern | Expression, value: Value, scope: Scope): void {
    switch (to.type) {
      case 'Identifier':
        scope.assign(to.name, value);
        return;
      case 'MemberExpression': {
        const key = this.#key(to.property, to.computed, scope);
        const of = this.evaluate(to.object, scope);
        if (key === null || !setMember(of, key, value))
          setMember(of, '...', new NotKnown('a part of it is set while the script runs'));
        return;
      }
      default:
        this.declare(to, value, (name, part) => scope.assign(name, part));
    }
  }

  /** Gives every name of a declaration's pattern its part of the value. */
  declare(
    to: Pattern | Expression,
    value: Value,
    name: (name: string, value: Value) => void,
    scope: Scope = new Scope(),
  ): void {
    // prettier-ignore
    if (to.type === 'Identifier') name(to.name, value);
    else if (to.type === 'AssignmentPattern')
      this.declare(to.left, value === undefined ? this.evaluate(to.right, scope) : value, name, scope);
    else if (to.type === 'ArrayPattern')
      to.elements.forEach((part, i) => part && this.declare(part, member(value, i), name, scope));
    else if (to.type === 'ObjectPattern')
      for (const part of to.properties) {
        if (part.type === 'RestElement') this.declare(part.argument, new NotKnown('it is a rest of something'), name, scope);
        else this.declare(part.value, member(value, this.#key(part.key, part.computed, scope) ?? ''), name, scope);
      }
  }
}
