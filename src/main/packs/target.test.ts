import { describe, expect, it } from 'vitest';
import { ScenarioFile } from '#contract/scenario/file';
import { packTarget, practiceUrl } from './target.ts';

function scenario(environment: unknown, targets = ['default']): ScenarioFile {
  return ScenarioFile.parse({
    version: 1,
    name: 'Calls',
    environment,
    users: targets.map((target, i) => ({
      kind: 'voice',
      name: `callers ${i}`,
      target,
      conversations: [{ name: `c${i}`, turns: [{ say: 'Hello' }] }],
    })),
    load: { users: 1, duration: '1s' },
  });
}

function target(
  environment: unknown,
  asked?: string,
  purpose: 'azure' | 'locust' = 'azure',
  targets?: string[],
) {
  const found = packTarget(scenario(environment, targets), asked, purpose);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}
const levels = (found: ReturnType<typeof target>) => found.checks.map(({ level }) => level);

describe("a pack's target", () => {
  it('has the headers of auth, and says what a pack does without', () => {
    const found = target({
      url: 'wss://agent.example.com/call',
      auth: { type: 'bearer', token: '${secret:TOKEN}' },
      tls: { cert: 'c.pem', key: 'k.pem' },
      proxy: 'http://proxy.example.com',
      subprotocol: 'voice.v2',
      production: true,
      guard: { url: 'https://agent.example.com/health', expect: 'ok' },
    });
    expect(found.headers).toEqual(['Authorization']);
    expect(found.variables).toEqual([
      {
        name: 'WS_HEADER_AUTHORIZATION',
        secret: true,
        holds: 'the header Authorization (in the scenario from TOKEN)',
        example: 'Bearer <value>',
      },
    ]);
    const said = found.checks.map(({ text }) => text).join('\n');
    for (const word of ['production', 'guard', 'tls.cert', 'proxy', 'voice.v2']) expect(said).toContain(word);
  });

  it('with a parameter for auth must be set where it runs', () => {
    const auth = { type: 'query', name: 'code', value: 'hunter2' };
    const found = target({ url: 'wss://agent.example.com/call?x=1', auth });
    expect(found.url).toBeNull();
    expect(found.variables).toMatchObject([
      { name: 'WS_URL', secret: true, example: 'wss://agent.example.com/call?x=1&code=<secret>' },
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('is the scenario’s own, or the one that was asked for', () => {
    const own = target({ url: 'wss://agent.example.com/call' });
    expect(own).toMatchObject({ url: 'wss://agent.example.com/call', variables: [], checks: [] });
    expect(target('practice', 'wss://agent.example.com/call')).toMatchObject({
      url: 'wss://agent.example.com/call',
      checks: [],
    });
  });

  it('cannot be this machine for Azure; for Locust it may', () => {
    expect(levels(target('practice'))).toEqual(['error']);
    expect(target('practice', undefined, 'locust')).toMatchObject({
      url: practiceUrl,
      checks: [{ level: 'warning' }],
    });
    for (const url of ['ws://localhost:8010/x', 'ws://127.0.0.1/x', 'ws://[::1]:1/x'])
      expect(levels(target({ url }))).toEqual(['error']);
    expect(levels(target({ url: 'ws://localhost:8010/x' }, undefined, 'locust'))).toEqual([]);
    for (const url of ['ws://10.0.0.4/x', 'ws://192.168.1.2/x', 'ws://172.20.0.1/x', 'ws://agent/x'])
      expect(levels(target({ url }))).toEqual(['warning']);
    expect(levels(target({ url: 'ws://172.32.0.1/x' }))).toEqual([]);
  });

  it('never holds a secret: the address and the headers are to be set', () => {
    const found = target({
      url: 'wss://agent.example.com/call?code=${secret:CODE}',
      headers: { 'x-api-key': '${secret:AGENT_KEY}', 'x-tenant': 'contoso' },
    });
    expect(found.url).toBeNull();
    expect(found.headers).toEqual(['x-api-key', 'x-tenant']);
    expect(found.variables.map(({ name, secret }) => [name, secret])).toEqual([
      ['WS_URL', true],
      ['WS_HEADER_X_API_KEY', true],
      ['WS_HEADER_X_TENANT', true],
    ]);
    expect(JSON.stringify(found)).not.toContain('contoso');
    expect(target({ url: 'wss://user:hunter2@agent.example.com/call?token=abc' })).toMatchObject({
      url: null,
      shownUrl: 'wss://***@agent.example.com/call?token=***',
    });
  });

  it('is filled in by hand where only an environment variable stands in it', () => {
    const [variable] = target({ url: 'wss://${env:HOST}/call' }).variables;
    expect(variable).toMatchObject({ name: 'WS_URL', secret: false, example: 'wss://<HOST>/call' });
  });

  it('is one address', () => {
    const targets = { a: { url: 'wss://a.example.com/' }, b: { url: 'wss://b.example.com/' } };
    expect(levels(target({ targets }, undefined, 'azure', ['a', 'b']))).toEqual(['error']);
    expect(levels(target({ targets }, 'wss://c.example.com/', 'azure', ['a', 'b']))).toEqual([]);
    expect(target({ targets }, undefined, 'azure', ['b']).url).toBe('wss://b.example.com/');
  });

  it('must be an address', () => {
    for (const asked of ['agent.example.com', 'http://agent.example.com', 'ws://']) {
      const found = packTarget(scenario('practice'), asked, 'azure');
      expect(found.ok ? null : found.error.code).toBe('invalid_url');
    }
  });
});
