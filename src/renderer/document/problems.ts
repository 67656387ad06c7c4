import type { ScenarioProblem } from '#contract/api/scenarios';
import { formatPath, type ValuePath } from '#contract/scenario/shape';

/** What is wrong with exactly the value at a path, in sentences; null when nothing is. */
export function problemAt(problems: readonly ScenarioProblem[], path: ValuePath): string | null {
  if (problems.length === 0) return null;
  const name = formatPath(path);
  const found = problems.filter((problem) => problem.path === name).map((problem) => problem.message);
  return found.length === 0 ? null : found.join('; ');
}

/** Those at a path or below it. */
export function problemsIn(problems: readonly ScenarioProblem[], path: ValuePath): ScenarioProblem[] {
  const name = formatPath(path);
  return problems.filter(
    ({ path: at }) => at === name || at.startsWith(`${name}.`) || at.startsWith(`${name}[`),
  );
}

/** The path that a problem's text names: `users[0].name` → its parts. What cannot be read ends it. */
export function pathOfProblem(text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  for (const [, index, quoted, word] of text.matchAll(
    /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([A-Za-z_][\w-]*)/g,
  )) {
    if (index !== undefined) parts.push(Number(index));
    else if (quoted !== undefined) parts.push(String(JSON.parse(quoted)));
    else if (word !== undefined) parts.push(word);
  }
  return parts;
}
