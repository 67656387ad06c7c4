import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { rpcQuestion } from './rpcQuestion.ts';

const text = `version: 1
environment: { targets: { default: { url: grpc://127.0.0.1:1 }, admin: { url: grpc://127.0.0.1:2 } } }
setup:
  - { kind: http, steps: [] }
  - { kind: grpc, target: admin, proto: admin.proto, steps: [{ rpc: admin.Users/Add }] }
users:
  - { kind: voice }
  - { kind: grpc, proto: speech.proto }
`;

it('asks about a users entry where it stands', () => {
  expect(rpcQuestion(text, parse(text), ['users', 1])).toEqual({ text, user: 1 });
});

it('asks about a stage by its own target and files, in the environment of the scenario', () => {
  const asked = rpcQuestion(text, parse(text), ['setup', 1]);
  expect(asked.user).toBe(0);
  expect(parse(asked.text)).toEqual({
    environment: {
      targets: { default: { url: 'grpc://127.0.0.1:1' }, admin: { url: 'grpc://127.0.0.1:2' } },
    },
    users: [{ kind: 'grpc', target: 'admin', proto: 'admin.proto', steps: [{ rpc: 'admin.Users/Add' }] }],
  });
});

it('asks nothing that can be answered about a stage that is not there', () => {
  expect(parse(rpcQuestion('', undefined, ['teardown', 0]).text)).toEqual({ users: [null] });
});
