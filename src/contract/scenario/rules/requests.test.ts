import { describe, expect, test } from 'vitest';
import { parseWithSentences } from '../explain.ts';
import { ScenarioFile } from '../file.ts';
import { placeholderProblems, scenarioRules } from '../rules.ts';
import { formatPath } from '../shape.ts';

function said(user: object, more: object = {}): string[] {
  const value = {
    version: 1,
    name: 'x',
    users: [{ kind: 'http', ...user }],
    load: { users: 1, duration: '10s' },
    ...more,
  };
  const parsed = parseWithSentences(ScenarioFile, value);
  const rules = 'problems' in parsed ? parsed.problems : scenarioRules(parsed.value);
  return [...rules, ...placeholderProblems(value)].map(
    ({ path, key, message }) => `${formatPath(path)}${key === undefined ? '' : `[${key}]`}: ${message}`,
  );
}
const steps = (...list: object[]) => ({ steps: list });

describe('the form of requests', () => {
  test.each([
    [{ kind: 'htp' }, 'users[0].kind: the kind of a users entry must be voice, http or grpc'],
    [steps({ json: {} }), 'users[0].steps[0]: a request needs its method and address, like get: /api/clients'],
    [steps({ get: '/a', post: '/b' }), 'users[0].steps[0]: a request has one method, not get and post'],
    [steps({ get: 'a/b' }), 'users[0].steps[0].get: must begin with / (a path of the target), or be a whole http:// or https:// address'],
    [steps({ post: '/a', json: 1, form: {} }), 'users[0].steps[0].form: a request has one body, not json and form'],
    [{ steps: ['GET /a'] }, 'users[0].steps[0]: must be a request like { get: /path }, or a group of them: { group: name, steps: […] }'],
    [steps({ group: 'a', step: [] }), 'users[0].steps[0][step]: unknown key "step"; did you mean "steps"?'],
    [{ tasks: [{ name: 'a', weigth: 2, steps: [{ get: '/' }] }] }, 'users[0].tasks[0][weigth]: unknown key "weigth"; did you mean "weight"?'],
    [{ ...steps({ get: '/' }), tasks: [{ name: 'a', steps: [{ get: '/' }] }] }, 'users[0]: http users need either "steps" (one after the other) or "tasks" (one by weight), not both'],
    [steps({ get: '/', checks: [{ stat: 200 }] }), 'users[0].steps[0].checks[0]: must have one of status, grpc_status, json, header and body'],
    [steps({ get: '/', checks: [{ status: 'ok' }] }), 'users[0].steps[0].checks[0].status: must be a status like 200, a class like 2xx, or a list of them'],
    [steps({ get: '/', extract: { id: 'id' } }), 'users[0].steps[0].extract.id: is not a JSON path; it begins with $, like $.items[0].id'],
    [{ ...steps({ get: '/' }), conversations: [] }, 'users[0][conversations]: unknown key "conversations"; it goes with users of kind voice'],
    [{ ...steps({ get: '/' }), variables: { a: { chice: [1] } } }, 'users[0].variables.a[chice]: unknown key "chice"; did you mean "choice"?'],
  ])('%j', (user, sentence) => {
    expect(said(user)).toEqual([sentence]);
  }); // prettier-ignore
});

describe('names in braces', () => {
  const get = (address: string) => ({ get: address });
  const id = { extract: { id: '$.id' } };
  test.each([
    [{ variables: { client: 1 }, ...steps(get('/${clinet}')) }, 'users[0].steps[0].get: there is no clinet for ${clinet}: no variable, data or earlier step gives it; did you mean "client"?'],
    [steps(get('/${id}'), { ...get('/b'), ...id }), 'users[0].steps[0].get: ${id} has no value yet: "GET /b" takes it from its response, after this request'],
    [steps({ ...get('/${id}'), ...id }), 'users[0].steps[0].get: ${id} has no value yet: this very request takes it from its response'],
    [{ tasks: [{ name: 'a', steps: [{ ...get('/a'), ...id }] }, { name: 'b', steps: [get('/${id}')] }] }, 'users[0].tasks[1].steps[0].get: ${id} has no value yet: "GET /a" takes it from its response, in another task, which may come later; take it in on_start'],
    [{ headers: { a: '${id}' }, on_start: [{ post: '/login', ...id }], ...steps(get('/')) }, 'users[0].headers.a: is sent with "POST /login" too, when ${id} has no value yet; write it in the steps that come after, or another value in "POST /login"'],
    [{ data: [{ name: 'user', rows: [{ username: 'a' }] }], ...steps(get('/${user.usrname}')) }, 'users[0].steps[0].get: the rows of user have no field "usrname"; did you mean "username"?'],
    [{ variables: { a: '${b}', b: 'x${c}', c: '${a}' }, ...steps(get('/')) }, 'users[0].variables.a: variables refer to each other in a circle (a → b → c → a); one of them must not'],
    [{ variables: { a: '${a}' }, ...steps(get('/')) }, 'users[0].variables.a: a refers to itself, so it would have no end'],
    [steps(get('/${a b}')), 'users[0].steps[0].get: ${a b} is not understood; write ${name}, ${name.field}, ${env:NAME} or ${secret:NAME}, and $${ for a plain ${'],
    [{ target: '${env:X}', ...steps(get('/')) }, 'users[0].target: ${env:X} is filled in only in an environment: its addresses, headers, auth, tls, proxy, guard and variables; and in what http and grpc users send'],
    [steps({ ...get('/'), checks: [{ json: '$.a', equals: '${vu}' }] }), 'users[0].steps[0].checks[0].equals: ${vu} is filled in only in what requests send; this is the same for every user'],
  ])('%j', (user, sentence) => {
    expect(said(user)).toContain(sentence);
  }); // prettier-ignore

  test('variables through hundreds of others end in a sentence, not in a crash', () => {
    const chain = (last: string) => ({
      ...steps(get('/')),
      variables: Object.fromEntries(
        Array.from({ length: 8000 }, (_, i) => [`v${i}`, i === 7999 ? last : `\${v${i + 1}}`]),
      ),
    });
    const sentence =
      'users[0].variables.v0: refers to another variable through more than 200 others (v0 → v1 → v2 → v3 → v4 → v5 → … → v200 → v201)';
    expect(said(chain('x'))).toEqual([sentence]);
    const ring = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`v${i}`, `\${v${(i + 1) % 50}}`]));
    expect(said({ ...steps(get('/')), variables: ring })).toEqual([
      'users[0].variables.v0: variables refer to each other in a circle (v0 → v1 → v2 → v3 → v4 → v5 → … → v49 → v0); one of them must not',
    ]);
  });

  test('what is there in time is nothing to speak of', () => {
    const user = {
      variables: { a: { choice: ['x', '${b}'] }, b: 2 },
      data: [{ name: 'user', rows: [{ username: 'a' }] }],
      headers: { authorization: 'Bearer ${token}' },
      on_start: [{ post: '/login/${user.username}', headers: { Authorization: 'none' }, extract: { token: '$.t' } }],
      tasks: [{ name: 'a', steps: [{ get: '/${a}/${vu}/${seeded}', extract: { id: '$.id' } }, { post: '/', body: '$${x} ${id} ${token} ${secret:KEY}' }] }],
      on_stop: [{ delete: '/${id}' }],
    }; // prettier-ignore
    const setup = [{ kind: 'http', steps: [{ post: '/seed', extract: { seeded: '$.id' } }] }];
    expect(said(user, { setup })).toEqual([]);
  });
});

describe('what contradicts itself', () => {
  const row = (more: object) => ({ thresholds: [{ metric: 'request', stat: 'p95', target: '1s', ...more }] });
  const user = steps({ get: '/a', phase: 'auth' });
  test.each<[object, object, string]>([
    [steps({ name: 'a', get: '/a' }, { name: 'a', post: '/a' }), {}, 'users[0].steps[1].name: "a" is the name of GET /a already; results would mix the two'],
    [steps({ get: '/', checks: [{ grpc_status: 'OK' }] }), {}, 'users[0].steps[0].checks[0].grpc_status: an HTTP request has no gRPC status; write status: 200'],
    [{ kind: 'grpc', ...steps({ rpc: 'a.B/C', checks: [{ status: 200 }] }) }, {}, 'users[0].steps[0].checks[0].status: a call of gRPC has no HTTP status; write grpc_status: OK'],
    [steps({ get: '/', checks: [{ body: { matches: '(' } }] }), {}, 'users[0].steps[0].checks[0].body.matches: "(" is not a regular expression: /(/: Unterminated group'],
    [steps({ get: '/', extract: { a: { regex: 'x' } } }), {}, 'users[0].steps[0].extract.a.regex: has no groups (in round brackets), so there is no group 1; group: 0 is all of what was found'],
    [user, { setup: [{ kind: 'http', for_each: 'users', data: [{ name: 'user', rows: [{}] }], steps: [{ get: '/' }] }] }, 'setup[0].for_each: there is no data "users" in this stage; it has user; did you mean "user"?'],
    [user, row({ where: { phase: 'auht' } }), 'thresholds[0].where.phase: there is no phase "auht" in this scenario; did you mean "auth"?'],
    [user, row({ where: { step: 'GET /b' } }), 'thresholds[0].where.step: there is no step "GET /b" in this scenario; did you mean "GET /a"?'],
    [user, row({ metric: 'ttfa' }), 'thresholds[0].metric: ttfa (time to first audio) is measured of voice users, and this scenario has none'],
    [user, row({ metric: 'iteration', where: { phase: 'auth' } }), 'thresholds[0].where.phase: iteration is measured of whole iterations, which are not told apart by phase'],
    [user, { environment: { url: 'wss://h/x' } }, 'users[0].target: target "default" is for voice users, and http users make HTTP requests; give the environment a target with a http:// or https:// address'],
  ])('%j %j', (one, more, sentence) => {
    expect(said(one, more)).toEqual([sentence]);
  }); // prettier-ignore
});
