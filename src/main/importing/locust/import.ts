/** A Locust command line, a locust.conf, or a script with both → a scenario. */
import { fail, ok, type Result } from '#contract/errors';
import { ScenarioDraft } from '../draft.ts';
import { applyVariables } from '../variables/import.ts';
import { applyLocust } from './apply.ts';
import { locustOfVariables } from './variables.ts';
import { readCommands, readConfiguration, type LocustCall } from './read.ts';

function isWorker(call: LocustCall): boolean {
  return call.options.some((option) => option.name === 'worker');
}

function hasUsers(call: LocustCall): boolean {
  return call.options.some((option) => option.name === 'users');
}

/** Reads what Locust is given. Error: `nothing_to_import`. */
export function importLocust(text: string): Result<ScenarioDraft> {
  const calls = readCommands(text);
  // Of a master and its workers the one that says how many users there are.
  const call = calls.find(hasUsers) ?? calls.find((one) => !isWorker(one)) ?? calls[0];
  const configuration = call ? [] : readConfiguration(text);
  if (!call && configuration.length === 0 && /^\s*(from|import)\s+locust\b/m.test(text)) {
    return fail(
      'invalid_input',
      'nothing_to_import',
      'This is a locustfile: its tasks are Python code, which is not read. Paste the command line that starts it.',
    );
  }
  if (!call && configuration.length === 0) {
    return fail(
      'invalid_input',
      'nothing_to_import',
      'There is no Locust command in this text. Paste one like “locust -f locustfile.py -u 100 -r 10 --run-time 5m --host https://host”, or a locust.conf.',
    );
  }
  const draft = new ScenarioDraft('locust', 'Imported Locust test');
  const variables = call?.variables ?? [];
  applyVariables(draft, variables);
  applyLocust(draft, [...locustOfVariables(variables), ...(call?.options ?? configuration)]);
  if (call && call.classes.length > 0)
    draft.notes.leftOut(
      call.classes.join(' '),
      'Classes of users are Python code, which is not read; a users entry says which conversations are spoken.',
    );
  if (call?.byMake)
    draft.notes.changed(
      'run_load_test',
      'Its recipe adds --run-time 10m and --stop-timeout 60, and 20 for CONVERSATIONS and CONCURRENT where they are not given.',
    );
  const others = calls.filter((one) => one !== call);
  if (others.length > 0)
    draft.notes.leftOut(
      others.length === 1 ? 'another locust command' : `${others.length} other locust commands`,
      others.every(isWorker)
        ? 'It starts workers; Crosstalk’s are threads of its own.'
        : 'One scenario is made of one command; import the others by themselves.',
    );
  return ok(draft);
}
