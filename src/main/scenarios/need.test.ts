import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ScenarioFile } from '#contract/scenario/file';
import { addressesOf, runNeed } from './need.ts';

const conversations = [{ name: 'a', turns: [{ say: 'Hello' }] }];
const file = (more: object) =>
  ScenarioFile.parse({
    version: 1,
    name: 'x',
    users: [{ kind: 'voice', conversations }],
    load: { executor: 'ramping-vus', stages: [{ target: 40, duration: '1s' }, { target: 900, duration: '1s' }] }, // prettier-ignore
    ...more,
  });
const voice = (more: object) => ({ kind: 'voice', conversations, ...more });

describe('what a scenario needs of the machine', () => {
  it('is its peak against the practice agent, by default', () => {
    expect(runNeed(file({}), 3, {})).toEqual({
      calls: 900,
      workers: 3,
      framesPerSecond: 45_000,
      targets: [{ address: 'practice', shown: 'the practice agent', calls: 900, secure: false }],
      practice: true,
    });
    expect(runNeed(file({}), null, {}).workers).toBe(Math.max(1, availableParallelism() - 1));
  });

  it('tells callers from clients that make requests', () => {
    const clients = { kind: 'http', weight: 2, steps: [{ get: '/' }] };
    expect(runNeed(file({ users: [voice({}), clients] }), 1)).toMatchObject({ calls: 900, callers: 300 });
    expect(runNeed(file({ users: [clients] }), 1)).toMatchObject({
      calls: 900,
      callers: 0,
      framesPerSecond: 0,
    });
  });

  it('counts the connections that clients share on each thread, not the clients', () => {
    const environment = {
      targets: {
        api: { url: 'https://api.test/' },
        stt: { url: 'grpc://stt.test:50051' },
        agent: { url: 'ws://api.test:443/' },
      },
    };
    const http = { kind: 'http', target: 'api', steps: [{ get: '/' }], name: 'a' };
    const users = [
      { ...http, connections: 20 },
      { ...http, name: 'own' },
      { kind: 'grpc', target: 'stt', name: 'c', channels: 4, steps: [{ rpc: 'a.B/C' }] },
    ];
    expect(runNeed(file({ environment, users }), 3).targets).toEqual([
      {
        address: 'api.test:443',
        shown: 'api.test',
        secure: true,
        calls: 600,
        shared: [{ users: 300, connections: 60 }],
      },
      {
        address: 'stt.test:50051',
        shown: 'stt.test:50051',
        secure: false,
        calls: 300,
        shared: [{ users: 300, connections: 12 }],
      },
    ]);
  });

  it('counts a connection for every server that a client asks', () => {
    const steps = [
      { get: '/' },
      { get: 'https://login.test/a?b=${vu}' },
      { post: 'https://login.test/b' },
      { get: 'https://api.test/same' },
      { get: 'https://${host}/unknown' },
    ];
    const environment = { targets: { default: { url: 'https://api.test/' } } };
    const need = runNeed(file({ environment, users: [{ kind: 'http', steps }] }), 1);
    expect(need.targets.map(({ address, calls }) => [address, calls])).toEqual([
      ['api.test:443', 900],
      ['login.test:443', 900],
    ]);
    expect(need.calls).toBe(900);
  });

  it('counts calls by address, whatever the target is called', async () => {
    const environment = {
      targets: {
        a: { url: 'wss://agent.test/one' },
        b: { url: 'wss://agent.test:443/two?key=1' },
        c: { url: 'ws://${env:OTHER}:8010/' },
        d: { url: 'ws://[::1]/${secret:UNSET}' },
      },
    };
    const users = [
      voice({ name: 'a', target: 'a', weight: 4 }),
      voice({ name: 'b', target: 'b', weight: 2, silence: 'tail' }),
      voice({ name: 'c', target: 'c', weight: 3 }),
      voice({ name: 'd', target: 'd', weight: 1 }),
    ];
    const made = file({ environment, users, audio: { chunk: '40ms' } });
    const need = runNeed(made, 1, await addressesOf(made, { env: { OTHER: '10.0.0.1' }, secrets: null }));
    expect(need.targets).toEqual([
      { address: 'agent.test:443', shown: 'agent.test', calls: 540, secure: true },
      { address: '10.0.0.1:8010', shown: '${env:OTHER}:8010', calls: 270, secure: false },
      { address: '[::1]:80', shown: '[::1]', calls: 90, secure: false },
    ]);
    expect(need).toMatchObject({ framesPerSecond: 18_000, practice: false });
  });

  it('stands by the address as written where it cannot be filled in', async () => {
    const environment = { url: '${secret:URL}' };
    expect(runNeed(file({ environment }), 1, {}).targets).toEqual([
      { address: '${secret:URL}', shown: '${secret:URL}', calls: 900, secure: false },
    ]);
    const env = { CROSSTALK_SECRET_URL: 'wss://hidden.test/x' };
    const secret = runNeed(
      file({ environment }),
      1,
      await addressesOf(file({ environment }), { env, secrets: null }),
    );
    expect(secret.targets).toEqual([
      { address: 'hidden.test:443', shown: '${secret:URL}', calls: 900, secure: true },
    ]);
  });
});
