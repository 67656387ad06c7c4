import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { ScenarioProblem } from '#contract/api/scenarios';

/** Problems as marks in a text: from where each is told to be to the end of that word, or of the line where it has no column. */
export function problemMarks(doc: Text, problems: readonly ScenarioProblem[]): Diagnostic[] {
  return problems.flatMap((problem): Diagnostic[] => {
    if (problem.line === null) return [];
    const line = doc.line(Math.max(1, Math.min(problem.line, doc.lines)));
    const column = problem.column === null ? null : Math.max(0, Math.min(problem.column - 1, line.length));
    const rest = line.text.slice(column ?? 0);
    const word = /^[^\s:,}\]#]+/.exec(rest)?.[0] ?? rest.trimEnd();
    const indent = /^\s*/.exec(line.text)?.[0].length ?? 0;
    const from = line.from + (column ?? Math.min(indent, line.length));
    const to = column === null ? line.from + line.text.trimEnd().length : from + word.length;
    return [{ from, to: Math.max(from, to), severity: 'warning', message: problem.message }];
  });
}
