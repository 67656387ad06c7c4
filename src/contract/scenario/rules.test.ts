import { expect, test } from 'vitest';
import { parseWithSentences } from './explain.ts';
import { ScenarioFile } from './file.ts';
import { fillPlaceholders, placeholdersIn } from './placeholders.ts';
import { placeholderProblems, scenarioRules } from './rules.ts';
import { formatPath } from './shape.ts';

interface Part {
  turns?: object[];
  user?: object;
  file?: object;
}

function said({ turns = [{ say: 'a' }, { say: 'b' }], user = {}, file = {} }: Part): string[] {
  const value = {
    version: 1,
    name: 'x',
    users: [{ kind: 'voice', conversations: [{ name: 'a', turns }], ...user }],
    load: { users: 1, duration: '10s' },
    ...file,
  };
  const parsed = parseWithSentences(ScenarioFile, value);
  if (!('value' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return scenarioRules(parsed.value).map((p) => `${formatPath(p.path)}|${p.message}`);
}

const bargeIn = { barge_in: { after: '300ms' } };

test('the last turn of a call cannot be interrupted by a next one', () => {
  expect(said({ turns: [{ say: 'a', ...bargeIn }, { say: 'b' }] })).toEqual([]);
  expect(said({ turns: [{ say: 'a' }, { say: 'b', ...bargeIn }] })[0]).toMatch(
    /^users\[0\]\.conversations\[0\]\.turns\[1\]\.barge_in\|turn 2 of "a" is the last one of a call, so/,
  );
  expect(said({ turns: [{ say: 'a' }, { say: 'b', barge_in: { say: 'stop' } }] })).toEqual([]);
});

test('which turn is last depends on turns_per_call', () => {
  const turns = [{ say: 'a', ...bargeIn }, { say: 'b' }, { say: 'c' }];
  expect(said({ turns, user: { turns_per_call: 3 } })).toEqual([]);
  expect(said({ turns, user: { turns_per_call: 1 } })[0]).toContain('(turns_per_call is 1)');
  expect(said({ turns, user: { turns_per_call: 4 } })[0]).toContain('turn 1 of "a"');
  expect(said({ turns: [{ say: 'a' }, { say: 'b', ...bargeIn }], user: { turns_per_call: 5 } })).toEqual([]);
});

test('targets, environments and names must exist', () => {
  expect(said({ user: { target: 'api' } })).toEqual([
    'users[0].target|the environment has no target "api"; it has "default"',
  ]);
  expect(said({ file: { environment: { targets: { api: { url: 'ws://h' } } } } })[0]).toContain(
    'it has "api"',
  );
  const where = { metric: 'ttfa', stat: 'p95', target: '2s', where: { conversation: 'b', user: 'caller' } };
  expect(said({ file: { thresholds: [where] } })).toEqual([
    'thresholds[0].where.user|there is no user "caller" in this scenario; did you mean "callers"?',
    'thresholds[0].where.conversation|there is no conversation "b" in this scenario; did you mean "a"?',
  ]);
});

test('names that results are told apart by are given once', () => {
  const conversation = { name: 'a', turns: [{ say: 'a' }] };
  expect(said({ user: { conversations: [conversation, conversation] } })[0]).toMatch(
    /^users\[0\]\.conversations\[1\]\.name\|/,
  );
});

test('a warm-up leaves something to measure', () => {
  expect(said({ file: { warm_up: '10s' } })[0]).toContain('10s is not shorter than the load (10s)');
  expect(said({ file: { warm_up: '9s' } })).toEqual([]);
});

test('placeholders stand where they are filled in', () => {
  const environment = { url: 'wss://${env:HOST}/x', headers: { key: '${secret:KEY}' } };
  expect(placeholderProblems({ environment })).toEqual([]);
  expect(placeholderProblems({ environment: { targets: { a: environment } } })).toEqual([]);
  expect(placeholderProblems({ name: 'x ${env:HOST}' })[0]?.path).toEqual(['name']);
  expect(placeholderProblems({ environment: { url: 'wss://${HOST}' } })[0]?.message).toContain(
    'write ${env:NAME}',
  );
});

test('what is filled in is not looked at again', () => {
  expect(placeholdersIn('${env:A}${secret:B_1}').found.map((p) => `${p.kind} ${p.name}`)).toEqual([
    'env A',
    'secret B_1',
  ]);
  expect(fillPlaceholders('${env:A}-${env:B}', ({ name }) => (name === 'A' ? '${env:B}' : 'b$&'))).toBe(
    '${env:B}-b$&',
  );
});

const search = { executor: 'breaking-point', steps: [5, 10], hold: '1m' };
const rate = { executor: 'constant-arrival-rate', rate: 2, duration: '1m', max_users: 10 };
const held = { metric: 'calls_held', stat: 'count', target: 5 };
const dropped = { metric: 'arrivals_dropped', stat: 'count', target: 0 };

test('a search for the breaking point needs thresholds that say when it is reached', () => {
  const slow = { metric: 'ttfa', stat: 'p95', target: '2s' };
  expect(said({ file: { load: search, thresholds: [slow, held] } })).toEqual([]);
  for (const thresholds of [[], [held], [{ ...slow, enabled: false }]])
    expect(said({ file: { load: search, thresholds } })).toEqual([
      'load.executor|a search for the breaking point needs thresholds: they say when it is reached',
    ]);
});

test('what is counted of a load is asked for all of it', () => {
  expect(said({ file: { load: rate, thresholds: [dropped] } })).toEqual([]);
  expect(said({ file: { load: rate, thresholds: [{ ...dropped, where: { turn: 1 } }] } })).toEqual([
    'thresholds[0].where.turn|arrivals_dropped is counted for the whole load, not by turn',
  ]);
});

test('how many calls there are the load says itself, or its users', () => {
  expect(said({ user: { calls_per_user: 2 } })).toEqual([]);
  expect(said({ user: { calls_per_user: 2 }, file: { load: rate } })[0]).toMatch(
    /^users\[0\]\.calls_per_user\|a number goes with constant-vus and ramping-vus only; constant-arrival-rate says/,
  );
});

test('a rate that never comes to a whole call is said before the run', () => {
  const never = 'load|asks for no call: its rate does not come to a whole one in its duration';
  const arrivals = { executor: 'constant-arrival-rate', rate: 0.5, max_users: 2 };
  expect(said({ file: { load: { ...arrivals, duration: '1s' } } })).toEqual([never]);
  expect(said({ file: { load: { ...arrivals, duration: '2s' } } })).toEqual([]);
  const flat = {
    executor: 'ramping-arrival-rate',
    stages: [{ target: 0, duration: '3s' }],
    max_users: 2,
  };
  expect(said({ file: { load: flat } })).toEqual([never]);
});
