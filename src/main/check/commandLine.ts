/** The command that makes a check from a terminal. */
import type { CheckSubject } from '#contract/api/checks';
import { maskUrl } from '#contract/secrets';
import { shellWord } from '../runs/commandLine.ts';

/** Secrets in an address are masked; of a text in the editor it is the file that is checked. */
export function checkCommandLine(subject: CheckSubject): string {
  const words = ['crosstalk', 'check'];
  switch (subject.kind) {
    case 'scenario':
      words.push(shellWord(subject.path));
      if (subject.environment !== undefined) words.push('--env', shellWord(subject.environment));
      break;
    case 'environment':
      words.push('--env', shellWord(subject.name));
      break;
    case 'url':
      words.push(shellWord(maskUrl(subject.url)));
  }
  return words.join(' ');
}
