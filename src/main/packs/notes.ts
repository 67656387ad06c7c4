/** What is to be known of a pack beside its limits. */
import type { PackCheck } from '#contract/api/packs';
import type { ScenarioFile } from '#contract/scenario/file';
import type { PackClip } from './clips.ts';
import type { PackContent } from './contents.ts';
import { shownBytes } from './limits.ts';

/** Clips that are not spoken yet. */
export function missingNotes(clips: readonly PackClip[]): PackCheck[] {
  const missing = clips.filter(({ samples }) => samples === null).length;
  if (missing === 0) return [];
  const are = missing === 1 ? 'One clip is' : `${missing} clips are`;
  return [{ level: 'warning', text: `${are} still to be spoken, which happens first; sizes are estimated.` }];
}

/** What the scenario says and a pack does not. */
export function leftOutNotes({ warm_up, periods }: ScenarioFile, isAzure: boolean): PackCheck[] {
  const notes: PackCheck[] = [];
  const warning = (text: string) => notes.push({ level: 'warning', text });
  const reset = isAzure ? '' : ' (locust --reset-stats does something like it)';
  if (warm_up > 0) warning(`The scenario's warm-up is not left out of the results${reset}.`);
  if (periods.length > 0) warning("The scenario's periods are not told apart in the results.");
  return notes;
}

/** Who makes requests in the scenario, by name. */
export function requestNotes(names: readonly string[]): PackCheck[] {
  if (names.length === 0) return [];
  const text = `Only voice users are in the pack: ${names.join(', ')} ${names.length === 1 ? 'makes' : 'make'} requests, which only Crosstalk does; the load is all of the callers'.`;
  return [{ level: 'warning', text }];
}

/** How much it is, for a pack that no limit holds for. */
export function sumNote(contents: readonly PackContent[]): PackCheck {
  const clips = contents.filter(({ kind }) => kind === 'clip').length;
  const bytes = contents.reduce((sum, one) => sum + one.bytes, 0);
  return { level: 'ok', text: `${contents.length} files, ${clips} of them clips, ${shownBytes(bytes)}.` };
}
