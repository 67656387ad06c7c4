/** Variables of a users entry: drawn for every iteration, when they are first asked for. */
import { CrosstalkError } from '#contract/errors';
import type { Variable } from '#contract/scenario/request';
import type { Random } from '../random.ts';
import { jsonTemplate, type JsonTemplate, type Values } from './templates.ts';

/** What a variable is drawn from. */
export interface Draw {
  random: Random;
  /** From 1; 0: before the first. */
  iteration: number;
  /** Variables may name others. */
  values: Values;
}

export type CompiledVariable = (draw: Draw) => unknown;

function templatesOf(variable: Variable): JsonTemplate[] {
  if (typeof variable !== 'object') return [jsonTemplate(variable)];
  return 'choice' in variable ? variable.choice.map(jsonTemplate) : [];
}

function compiled(variable: Variable): CompiledVariable {
  const [first, ...others] = templatesOf(variable);
  if (typeof variable !== 'object') return ({ values }) => first?.fill(values);
  if ('choice' in variable) {
    const choices = [first, ...others].map((template, i) => ({
      template,
      weight: variable.weights?.[i] ?? 1,
    }));
    return ({ random, values }) => random.pick(choices)?.template?.fill(values);
  }
  if ('random' in variable) {
    const { from, to } = variable.random;
    return ({ random }) => from + Math.floor(random.next() * (to - from + 1));
  }
  const { from, step } = variable.sequence;
  return ({ iteration }) => from + step * Math.max(0, iteration - 1);
}

/** Throws a `CrosstalkError` where variables refer to each other in a circle. */
export function compileVariables(variables: Record<string, Variable>): Map<string, CompiledVariable> {
  const names = new Map<string, string[]>();
  for (const [name, variable] of Object.entries(variables))
    names.set(
      name,
      templatesOf(variable).flatMap(({ references }) => references.map((reference) => reference.name)),
    );
  const circle = circleIn(names);
  if (circle !== null)
    throw new CrosstalkError({
      kind: 'invalid_input',
      code: 'variable_cycle',
      message: `Variables refer to each other in a circle (${circle.join(' → ')}): one of them must not.`,
    });
  return new Map(Object.entries(variables).map(([name, variable]) => [name, compiled(variable)]));
}

/** A circle in what refers to what, its first name again at its end; null: there is none. */
export function circleIn(names: ReadonlyMap<string, readonly string[]>): string[] | null {
  const through = new Set<string>();
  const visit = (name: string, way: readonly string[]): string[] | null => {
    const began = way.indexOf(name);
    if (began !== -1) return [...way.slice(began), name];
    if (through.has(name)) return null;
    for (const next of names.get(name) ?? []) {
      const circle = names.has(next) ? visit(next, [...way, name]) : null;
      if (circle !== null) return circle;
    }
    through.add(name);
    return null;
  };
  for (const name of names.keys()) {
    const circle = visit(name, []);
    if (circle !== null) return circle;
  }
  return null;
}
