/** The statements of a script's top level, followed as far as their values are known. */
import type { AnyNode, Program, Statement, VariableDeclaration } from 'acorn';
import { Expressions } from './evaluate.ts';
import { truthOf } from './operators.ts';
import { NotKnown, Scope, ScriptFunction, ValueMap, type Value } from './values.ts';

const mostCalls = 30;

/** How a list of statements ended: with a value, or where it can no longer be followed; null: at its end. */
type Ending = { returned: Value } | { lost: string } | null;

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The children of a syntax node, whatever it is. */
export function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values<unknown>({ ...node })) {
    if (isNode(value)) yield value;
    else if (Array.isArray(value)) for (const one of value) if (isNode(one)) yield one;
  }
}

/** Everything a script's top level says. */
export class Script {
  readonly scope = new Scope();
  readonly expressions: Expressions;
  /** Names as they are exported, and what they are called in the script. */
  readonly exported = new Map<string, string>();
  #calls = 0;

  constructor(program: Program) {
    this.expressions = new Expressions((called, given) => this.#call(called, given));
    const exports = new ValueMap();
    this.scope.declare('exports', exports);
    this.scope.declare('module', new ValueMap([['exports', exports]]));
    this.#hoist(program.body, this.scope);
    for (const statement of program.body) this.#topLevel(statement);
  }

  /** What the script exports under a name, also in the older way (`exports.options = …`); undefined when it does not. */
  exportOf(name: string): Value {
    const local = this.exported.get(name);
    if (local !== undefined) return this.scope.get(local);
    const module = this.scope.get('module');
    const exports = module instanceof ValueMap ? module.get('exports') : undefined;
    return exports instanceof ValueMap ? exports.get(name) : undefined;
  }

  /** Functions are known before their line. */
  #hoist(statements: readonly AnyNode[], scope: Scope): void {
    for (const statement of statements) {
      const declared =
        statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
          ? statement.declaration
          : statement;
      if (declared?.type === 'FunctionDeclaration' && declared.id)
        scope.declare(declared.id.name, new ScriptFunction(declared, scope));
    }
  }

  #topLevel(statement: Program['body'][number]): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        for (const { local } of statement.specifiers)
          this.scope.declare(local.name, new NotKnown(`“${local.name}” comes from another module`));
        return;
      case 'ExportNamedDeclaration': {
        const { declaration } = statement;
        if (declaration?.type === 'VariableDeclaration') {
          this.declareAll(declaration, this.scope);
          for (const { id } of declaration.declarations)
            if (id.type === 'Identifier') this.exported.set(id.name, id.name);
        }
        for (const { local, exported } of statement.specifiers)
          if (local.type === 'Identifier' && exported.type === 'Identifier')
            this.exported.set(exported.name, local.name);
        return;
      }
      case 'ExportDefaultDeclaration':
      case 'ExportAllDeclaration':
        return;
      default:
        this.#follow(statement, this.scope);
    }
  }

  /** Follows a statement; what it may change is no longer known when it cannot be followed. */
  #follow(statement: Statement, scope: Scope): Ending {
    const ending = this.#statement(statement, scope);
    if (ending && 'lost' in ending) this.#forget(statement, scope, ending.lost);
    return ending;
  }

  /** Gives up the names that a statement assigns to. */
  #forget(node: AnyNode, scope: Scope, why: string): void {
    const target =
      node.type === 'AssignmentExpression'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : null;
    if (target) this.expressions.assign(target, new NotKnown(why), scope);
    for (const child of childrenOf(node)) this.#forget(child, scope, why);
  }

  /** Declares the names of `const a = …, b = …`. */
  declareAll(declaration: VariableDeclaration, scope: Scope): void {
    for (const { id, init } of declaration.declarations) {
      const value = init ? this.expressions.evaluate(init, scope) : undefined;
      this.expressions.declare(id, value, (name, part) => scope.declare(name, part), scope);
    }
  }

  #block(statements: readonly Statement[], around: Scope): Ending {
    const scope = new Scope(around);
    this.#hoist(statements, scope);
    for (const statement of statements) {
      const ending = this.#follow(statement, scope);
      if (ending) return ending;
    }
    return null;
  }

  #statement(statement: Statement, scope: Scope): Ending {
    if (!this.expressions.step()) return { lost: 'the script takes too many steps to be worked out' };
    switch (statement.type) {
      case 'VariableDeclaration':
        this.declareAll(statement, scope);
        return null;
      case 'ExpressionStatement':
        this.expressions.evaluate(statement.expression, scope);
        return null;
      case 'BlockStatement':
        return this.#block(statement.body, scope);
      case 'ReturnStatement':
        return {
          returned: statement.argument ? this.expressions.evaluate(statement.argument, scope) : undefined,
        };
      case 'IfStatement': {
        const test = this.expressions.evaluate(statement.test, scope);
        const truth = truthOf(test);
        if (truth === null) return { lost: test instanceof NotKnown ? test.why : '' };
        const branch = truth ? statement.consequent : statement.alternate;
        return branch ? this.#statement(branch, scope) : null;
      }
      case 'ForOfStatement':
      case 'ForInStatement': {
        const over = this.expressions.evaluate(statement.right, scope);
        const keys =
          over instanceof ValueMap
            ? [...over.keys()]
            : Array.isArray(over)
              ? over.map((_, i) => String(i))
              : null;
        const list = statement.type === 'ForInStatement' ? keys : Array.isArray(over) ? [...over] : null;
        if (list === null) return { lost: over instanceof NotKnown ? over.why : 'it is no list' };
        for (const one of list) {
          const inner = new Scope(scope);
          const { left } = statement;
          const names = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left;
          if (names) this.expressions.declare(names, one, (name, part) => inner.declare(name, part), inner);
          const ending = this.#statement(statement.body, inner);
          if (ending) return ending;
        }
        return null;
      }
      case 'ForStatement': {
        const inner = new Scope(scope);
        if (statement.init?.type === 'VariableDeclaration') this.declareAll(statement.init, inner);
        else if (statement.init) this.expressions.evaluate(statement.init, inner);
        for (;;) {
          const test = statement.test ? this.expressions.evaluate(statement.test, inner) : true;
          if (test instanceof NotKnown) return { lost: test.why };
          if (truthOf(test) !== true) return null;
          const ending = this.#statement(statement.body, inner);
          if (ending) return ending;
          if (statement.update) this.expressions.evaluate(statement.update, inner);
        }
      }
      case 'EmptyStatement':
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        return null;
      default:
        return { lost: 'it depends on what happens while the script runs' };
    }
  }

  #call(called: ScriptFunction, given: Value[]): Value {
    if (this.#calls >= mostCalls) return new NotKnown('its functions call each other too often');
    const { node, scope } = called;
    if (node.async || node.generator) return new NotKnown('it is made while the script runs');
    const inner = new Scope(scope);
    node.params.forEach((parameter, i) => {
      this.expressions.declare(parameter, given[i], (name, part) => inner.declare(name, part), inner);
    });
    this.#calls += 1;
    try {
      if (node.body.type !== 'BlockStatement') return this.expressions.evaluate(node.body, inner);
      const ending = this.#block(node.body.body, inner);
      if (ending && 'lost' in ending) return new NotKnown(ending.lost);
      return ending?.returned;
    } finally {
      this.#calls -= 1;
    }
  }
}
