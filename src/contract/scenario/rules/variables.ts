/** What `${name}` stands for must be there by the time a request is made. */
import type { ValueProblem } from '../explain.ts';
import type { ScenarioFile } from '../file.ts';
import { builtInVariables, type Variable } from '../request.ts';
import { requestersOf, stepName, stepsOf, type PlacedStep, type Requester } from '../steps.ts';
import { inheritedBy, referencesIn, referencesOfStep, type Reference } from './references.ts';
import { meant, type Path } from './words.ts';

/** A variable through more others than this is a mistake, and each of them takes its part of the stack. */
const longestWay = 200;
const mostShown = 8;

/** The way from a name through others that ends in itself or becomes too long; null: there is none. */
function endlessWay(names: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Map<string, number>();
  for (const root of names.keys()) {
    const way: { name: string; left: string[]; deep: number }[] = [];
    const open = (name: string) => way.push({ name, left: [...(names.get(name) ?? [])], deep: 0 });
    if (!done.has(root)) open(root);
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      const next = at.left.pop();
      if (next === undefined) {
        done.set(at.name, at.deep);
        way.pop();
        const before = way.at(-1);
        if (before !== undefined) before.deep = Math.max(before.deep, at.deep + 1);
        continue;
      }
      if (!names.has(next)) continue;
      const began = way.findIndex(({ name }) => name === next);
      if (began !== -1) return [...way.slice(began).map(({ name }) => name), next];
      const deep = done.get(next);
      if (way.length + (deep ?? 0) > longestWay) return [...way.map(({ name }) => name), next];
      if (deep === undefined) open(next);
      else at.deep = Math.max(at.deep, deep + 1);
    }
  }
  return null;
}

function shownWay(way: readonly string[]): string {
  const shown = way.length <= mostShown ? way : [...way.slice(0, mostShown - 2), '…', ...way.slice(-2)];
  return shown.join(' → ');
}

/** Variables that refer to each other in a circle, or through too many others. */
function circles(variables: Readonly<Record<string, Variable>>, path: Path): ValueProblem[] {
  const names = new Map(
    Object.entries(variables).map(([name, value]) => [name, referencesIn(value, []).map((r) => r.name)]),
  );
  const way = endlessWay(names);
  const [first] = way ?? [];
  if (way === null || first === undefined) return [];
  const message =
    way.at(-1) !== first
      ? `refers to another variable through more than ${longestWay} others (${shownWay(way)})`
      : way.length === 2
        ? `${first} refers to itself, so it would have no end`
        : `variables refer to each other in a circle (${shownWay(way)}); one of them must not`;
  return [{ path: [...path, 'variables', first], message }];
}

/** What is known of a name before a step: all there is to choose from, and where one comes too late. */
interface Known {
  names: ReadonlySet<string>;
  /** Taken from a response, but later or elsewhere: by what. */
  later: ReadonlyMap<string, string>;
}

function problemOf({ name, text, path }: Reference, known: Known, isVariable: boolean): ValueProblem[] {
  if (known.names.has(name)) return [];
  const where = known.later.get(name);
  if (where !== undefined) {
    if (isVariable) return [];
    return [{ path, message: `${text} has no value yet: ${where}` }];
  }
  const all = [...known.names, ...known.later.keys()];
  const message = `there is no ${name} for ${text}: no variable, data or earlier step gives it${meant(name, all) || '; declare it under "variables", or write $${ for a plain ${'}`;
  return [{ path, message }];
}

function ofRequester(requester: Requester, path: Path, common: ReadonlySet<string>): ValueProblem[] {
  const { variables, data } = requester;
  const steps = stepsOf(requester, path);
  const declared = new Set<string>([
    ...builtInVariables,
    ...Object.keys(variables),
    ...data.map(({ name }) => name),
    ...common,
  ]);
  const givers = new Map<string, PlacedStep>();
  for (const placed of steps)
    for (const name of Object.keys(placed.step.extract)) if (!givers.has(name)) givers.set(name, placed);
  const problems: ValueProblem[] = [];
  const fromStart = new Set<string>();
  let before = new Set(declared);
  let [list, task]: [PlacedStep['list'] | null, number] = [null, -1];
  for (const placed of steps) {
    if (placed.list !== list || placed.task !== task) {
      // A task begins with what on_start gave; on_stop with that of any step, since values stay.
      const all = placed.list === 'on_stop' ? givers.keys() : [];
      before = new Set([...declared, ...fromStart, ...all]);
      [list, task] = [placed.list, placed.task];
    }
    const later = new Map(
      [...givers].flatMap(([name, giver]): [string, string][] =>
        before.has(name) ? [] : [[name, whyNotYet(giver, placed)]],
      ),
    );
    const known = { names: before, later };
    for (const reference of referencesOfStep(placed)) problems.push(...problemOf(reference, known, false));
    for (const reference of inheritedBy(requester, placed, path)) {
      const name = JSON.stringify(stepName(placed.step));
      const tooEarly = `is sent with ${name} too, when ${reference.text} has no value yet; write it in the steps that come after, or another value in ${name}`;
      const found = problemOf(reference, known, false);
      problems.push(...found.map((one) => (later.has(reference.name) ? { ...one, message: tooEarly } : one)));
    }
    for (const name of Object.keys(placed.step.extract)) {
      before.add(name);
      if (placed.list === 'on_start') fromStart.add(name);
    }
  }
  const anywhere = { names: declared, later: new Map([...givers.keys()].map((name) => [name, ''])) };
  for (const [name, variable] of Object.entries(variables))
    for (const reference of referencesIn(variable, [...path, 'variables', name]))
      problems.push(...problemOf(reference, anywhere, true));
  return [...problems, ...circles(variables, path), ...twice(requester, path)];
}

function whyNotYet(giver: PlacedStep, user: PlacedStep): string {
  const name = JSON.stringify(stepName(giver.step));
  if (giver.step === user.step) return 'this very request takes it from its response';
  if (giver.list === 'tasks' && (user.list !== 'tasks' || user.task !== giver.task))
    return `${name} takes it from its response, in another task, which may come later; take it in on_start`;
  return `${name} takes it from its response, after this request`;
}

/** A name of a variable and of data at once. */
function twice({ variables, data }: Requester, path: Path): ValueProblem[] {
  return data.flatMap(({ name }, i): ValueProblem[] => {
    const at = [...path, 'data', i, 'name'];
    if (Object.hasOwn(variables, name))
      return [{ path: at, message: `${JSON.stringify(name)} is the name of a variable already` }];
    return data.findIndex((other) => other.name === name) === i
      ? []
      : [{ path: at, message: `${JSON.stringify(name)} is the name of other data already` }];
  });
}

/** Names in requests that nothing gives a value, or only later; circles of variables. Each sentence once. */
export function variableProblems(file: ScenarioFile): ValueProblem[] {
  const fromSetup = new Set<string>();
  const problems: ValueProblem[] = [];
  const requesters = requestersOf(file);
  const ordered = [
    ...requesters.filter(({ stage }) => stage === 'setup'),
    ...requesters.filter(({ stage }) => stage !== 'setup'),
  ];
  for (const { requester, path, stage } of ordered) {
    problems.push(...ofRequester(requester, path, fromSetup));
    if (stage !== 'setup') continue;
    for (const { step } of stepsOf(requester, path))
      for (const name of Object.keys(step.extract)) fromSetup.add(name);
  }
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
