/** What must hold between the parts of a scenario, beyond the shape of each. Needs no disk. */
import { formatDuration } from '../quantities.ts';
import type { ValueProblem } from './explain.ts';
import type { ScenarioFile } from './file.ts';
import { plannedMs } from './load.ts';
import { loads } from './rules/loads.ts';
import { requestProblems } from './rules/requests.ts';
import { inlineFindings } from './rules/rows.ts';
import { periodsAfterTheLoad, thresholdsWithoutSamples } from './rules/samples.ts';
import { targets } from './rules/targets.ts';
import { thresholds } from './rules/thresholds.ts';
import { variableProblems } from './rules/variables.ts';
import { lastTurn } from './rules/voice.ts';
import { duplicates } from './rules/words.ts';

export { placeholderProblems } from './rules/placeholders.ts';
export { feedReferences } from './rules/references.ts';
export { fieldFindings, type Findings } from './rules/rows.ts';

/**
 * Everything that contradicts itself in a scenario whose shape is right. `shortened` names the users entries (by index)
 * whose turns_per_call was set for this run alone: an interruption that no longer has a next utterance then just does
 * not take place, or every `--set users[0].turns_per_call=2` would need an edit of the file.
 */
export function scenarioRules(
  file: ScenarioFile,
  shortened: (user: number) => boolean = () => false,
): ValueProblem[] {
  const planned = plannedMs(file);
  const warmUp: ValueProblem[] =
    file.warm_up > 0 && file.warm_up >= planned
      ? [
          {
            path: ['warm_up'],
            message:
              `${formatDuration(file.warm_up)} is not shorter than the load (${formatDuration(planned)}), ` +
              'so nothing would be measured',
          },
        ]
      : [];
  return [
    ...duplicates(file.users, ['users'], 'users entry'),
    ...targets(file),
    ...file.users.flatMap((user, i) =>
      user.kind !== 'voice'
        ? []
        : [
            ...duplicates(user.conversations, ['users', i, 'conversations'], 'conversation'),
            ...user.conversations.flatMap((conversation, j) =>
              shortened(i) ? [] : lastTurn(conversation, user, ['users', i, 'conversations', j]),
            ),
          ],
    ),
    ...requestProblems(file),
    ...variableProblems(file),
    ...inlineFindings(file).problems,
    ...loads(file),
    ...warmUp,
    ...duplicates(file.periods, ['periods'], 'period'),
    ...thresholds(file),
  ];
}

/** What a scenario may say, and what is likely not meant: it can run all the same. Needs no disk. */
export function scenarioWarnings(file: ScenarioFile): ValueProblem[] {
  return [...inlineFindings(file).warnings, ...periodsAfterTheLoad(file), ...thresholdsWithoutSamples(file)];
}
