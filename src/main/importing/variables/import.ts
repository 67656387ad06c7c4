/** The environment variables of a Locust tool for voice agents, with those of Locust itself → a scenario. */
import { isAbsolute } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { nearest } from '#contract/scenario/nearest';
import {
  environmentVariableNames,
  environmentVariableSteps,
} from '../../scenarios/overrides/environmentVariables.ts';
import type { Place } from '../../scenarios/overrides/override.ts';
import { offerAddress } from '../address.ts';
import { ScenarioDraft } from '../draft.ts';
import { applyLocust } from '../locust/apply.ts';
import { isLocustVariable, locustOfVariables } from '../locust/variables.ts';
import { readVariables, type Variable } from './read.ts';

const meanings: Record<string, string> = {
  PCM_DIR:
    'Every clip of that folder is spoken, by name. Look whether it is there on the machine that runs Crosstalk.',
  TURNS_PER_USER: 'Turns of each call: turns_per_call. A user then calls again.',
  CHUNKS_PER_TURN: 'Utterances are cut off after so many frames: audio.max_chunks.',
  CHUNK_MS: 'The length of a frame: audio.chunk.',
  FIRST_BYTE_TIMEOUT_SEC: 'How long an answer may take to begin: timeouts.first_byte.',
  TURN_TIMEOUT_SEC: 'How long a turn may take: timeouts.turn.',
  PAUSE_BETWEEN_TURNS_SEC: 'pause_between_turns.',
  BARGE_QUIET_MS: 'So long without audio means that an answer is over: timeouts.quiet_gap.',
  RESPONSE_TOKENS: 'Words that mark a response: markers.response.',
  END_TOKENS: 'Words that mark its end: markers.end.',
  WS_IGNORE_CLOSE_EXCEPTIONS: 'Closing with these codes is no failure: benign_close_codes.',
  SAMPLE_RATE: 'audio.sample_rate.',
  BYTES_PER_SAMPLE: 'audio.sample_width.',
  CHANNELS: 'audio.channels.',
};

const known = new Set(environmentVariableNames);

/** Whether the voice tool, or Locust, knows a variable. */
export function isKnownVariable(name: string): boolean {
  return known.has(name) || isLocustVariable(name);
}

/** Where the tool's variable goes in the draft, or why it goes nowhere. */
function placesOf(draft: ScenarioDraft, { name, value }: Variable): { places: Place[] } | { why: string } {
  const places: Place[] = [];
  for (const step of environmentVariableSteps({ [name]: value })) {
    const made = step(draft.value);
    // What the program's own operator would be told to do with a variable does not apply here.
    if (!made.ok) return { why: made.error.message.replace(/ Correct it, unset it, or run with .*$/, '') };
    for (const override of made.value) places.push(...(override.before ?? []), ...override.places);
  }
  return places.length > 0 ? { places } : { why: 'It is empty, which counts as not set.' };
}

/** Puts the tool's own variables into a draft; the others are named as left out. */
export function applyVariables(
  draft: ScenarioDraft,
  variables: readonly Variable[],
  within: ReadonlySet<string> = new Set(),
): void {
  const { notes } = draft;
  for (const variable of variables) {
    const { name, value } = variable;
    if (isLocustVariable(name)) continue;
    if (!known.has(name) && within.has(name)) {
      notes.taken(name, 'It stands within another variable, and is filled in there.');
      continue;
    }
    if (!known.has(name)) {
      const meant = nearest(name, environmentVariableNames);
      // The value is not shown: whose it is nobody knows.
      notes.leftOut(
        name,
        meant === null
          ? 'Crosstalk knows no variable of this name.'
          : `Crosstalk knows no variable of this name; was ${meant} meant?`,
      );
      continue;
    }
    if (name === 'WS_URL' && value.trim() !== '') {
      offerAddress(draft, 'WS_URL=', value);
      continue;
    }
    const from = `${name}=${value}`;
    if (name === 'PCM_DIR' && value.trim() !== '' && !isAbsolute(value.trim())) {
      notes.leftOut(
        from,
        'It is relative to where the tool was started, which is not known here. The bundled conversations are spoken instead; bring the folder in under Audio, Import a folder of clips.',
      );
      continue;
    }
    const found = placesOf(draft, variable);
    if ('why' in found) notes.leftOut(from, found.why);
    else draft.offer('taken', from, meanings[name] ?? '', found.places);
  }
}

/** Reads variables in any of their usual forms. Error: `nothing_to_import`. */
export function importVariables(text: string): Result<ScenarioDraft> {
  const { variables, within, unread } = readVariables(text);
  if (variables.length === 0) {
    return fail(
      'invalid_input',
      'nothing_to_import',
      'There are no environment variables in this text. Write one a line, like WS_URL=wss://host/path or export TURNS_PER_USER=3.',
    );
  }
  const draft = new ScenarioDraft('env', 'Imported settings');
  applyVariables(draft, variables, within);
  applyLocust(draft, locustOfVariables(variables));
  for (const line of unread)
    draft.notes.leftOut(`line ${line}`, 'This is no variable: NAME=value is expected.');
  return ok(draft);
}
