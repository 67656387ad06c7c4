/** Targets that are asked over HTTP and gRPC, real ones of this process and the practice agent's. */
import { createServer, type RequestListener } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CheckedTarget, CheckStep } from '#contract/checks';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import type { RunOverrides } from '../../scenarios/index.ts';
import { checkEnvironment, checkScenario, checkUrl, type CheckReporting } from '../index.ts';
import { Loopback } from '../testing.ts';

const loopback = new Loopback();
const folders: string[] = [];
afterEach(async () => {
  await loopback.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function serving(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await loopback.listen(createServer(listener))}`;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'crosstalk-check-'));
  folders.push(made);
  return made;
}

const quiet: CheckReporting = {
  signal: new AbortController().signal,
  onTarget: () => undefined,
  onStep: () => undefined,
};

const overridesIn = (workspace: string): RunOverrides => ({
  environmentVariables: null,
  workspace,
  workspaceCache: join(workspace, 'audio_cache'),
  processes: nodeProcessHost,
});

interface Found {
  passed: boolean;
  steps: Partial<Record<CheckStep['step'], CheckStep>>;
  order: string[];
}

function found(checked: CheckedTarget | undefined): Found {
  if (checked === undefined) throw new Error('no target was checked');
  const { passed, steps } = checked;
  return {
    passed,
    steps: Object.fromEntries(steps.map((step) => [step.step, step])),
    order: steps.map(({ step, status }) => `${step} ${status}`),
  };
}

async function checkedUrl(url: string): Promise<Found> {
  const checked = await checkUrl(url, overridesIn(folder()), quiet);
  if (!checked.ok) throw new Error(checked.error.message);
  return found(checked.value[0]);
}

async function checkedScenario(lines: string): Promise<CheckedTarget[]> {
  const place = folder();
  const file = join(place, 'services.yaml');
  writeFileSync(file, `version: 1\nname: services\nload: { users: 1, duration: 10s }\n${lines}`);
  const checked = await checkScenario(file, overridesIn(place), quiet);
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
}

describe('an http:// address', () => {
  it('is asked once, and every step before it is told', async () => {
    const asked: string[] = [];
    const url = await serving((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.setHeader('set-cookie', 'session=verysecret');
      response.end('{"ok":true}');
    });
    const { order, passed, steps } = await checkedUrl(`${url}/api/health`);
    expect(passed).toBe(true);
    expect(order).toEqual(['url ok', 'dns skipped', 'tcp ok', 'tls skipped', 'health skipped', 'request ok']);
    expect(asked).toEqual(['GET /api/health']);
    expect(steps.tls?.detail).toBe('not used by http://');
    expect(steps.request?.detail).toBe(
      'GET of the address: HTTP 200 over HTTP/1.1, 11 bytes of application/json',
    );
    expect(steps.request?.facts).toContainEqual({ name: 'set-cookie', value: '***' });
  });

  it.each([
    [404, true, /answers, but not this address/],
    [401, false, /wants credentials/],
    [503, false, /not ready, or full/],
  ])('that answers %i passes: %s', async (status, passes, words) => {
    const url = await serving((_, response) => response.writeHead(status).end());
    const { passed, steps } = await checkedUrl(url);
    expect(passed).toBe(passes);
    expect(steps.request?.advice).toMatch(words);
  });

  it('that cuts the connection, or nobody listens at, is named', async () => {
    const url = await serving((request) => request.socket.destroy());
    const cut = await checkedUrl(url);
    expect(cut.steps.request).toMatchObject({
      status: 'failed',
      detail: 'GET of the address: the connection ended before an answer came',
    });
    await loopback.close();
    const gone = await checkedUrl(url);
    expect(gone.order.slice(2)).toEqual(['tcp failed', 'tls skipped', 'health skipped', 'request skipped']);
  });
});

describe('a grpc:// address', () => {
  it('that speaks HTTP/1.1 only is told so', async () => {
    const url = await serving((_, response) => response.end());
    const { order, steps } = await checkedUrl(url.replace('http:', 'grpc:'));
    expect(order.slice(5)).toEqual(['http2 failed', 'reflection skipped', 'request skipped']);
    expect(steps.http2?.advice).toMatch(/gRPC needs HTTP\/2/);
  });
});

describe('a scenario', () => {
  it('of http users is asked its first request, with what it sends filled in', async () => {
    const seen: string[] = [];
    const url = await serving((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`);
        response.writeHead(201).end('{"token":"t"}');
      });
    });
    const [checked] = await checkedScenario(`environment: { url: "${url}/base" }
users:
  - kind: http
    variables: { who: ann }
    on_start: [{ post: /login, json: { user: "\${who}" }, extract: { token: $.token } }]
    steps: [{ get: /clients }]
`);
    expect(checked?.passed).toBe(true);
    expect(seen).toEqual(['POST /base/login {"user":"ann"}']);
  });

  it('whose first request is answered wrongly fails with what came', async () => {
    const url = await serving((_, response) => response.writeHead(500).end('<p>boom</p>'));
    const [checked] = await checkedScenario(`environment: { url: "${url}" }
users: [{ kind: http, steps: [{ get: /clients }] }]
`);
    const { passed, steps } = found(checked);
    expect(passed).toBe(false);
    expect(steps.request?.detail).toContain('“boom”');
    expect(steps.request?.advice).toMatch(/^The answer was 500\. The service failed/);
  });

  it('aimed at the practice agent has its services checked, over HTTP and gRPC', async () => {
    const checked = await checkedScenario(`environment: practice
users:
  - { kind: http, name: web, steps: [{ get: /api/v1/clients/ }] }
  - kind: grpc
    name: rpc
    steps: [{ rpc: june.llm.LanguageModel/Generate, message: { prompt: hello } }]
`);
    const [web, rpc] = checked.map(found);
    expect(web?.passed).toBe(true);
    expect(web?.steps.request?.detail).toContain('HTTP 200');
    expect(rpc?.order.slice(5)).toEqual(['http2 ok', 'reflection ok', 'request ok']);
    expect(rpc?.steps.reflection?.detail).toContain('june.stt.SpeechToText');
    expect(rpc?.steps.request?.detail).toContain('OK');
  });
});

it('an environment has its services checked by their addresses', async () => {
  const url = await serving((request, response) => {
    response.writeHead(request.headers['x-key'] === 'k3y-of-services' ? 200 : 401).end('{}');
  });
  const place = folder();
  mkdirSync(join(place, 'environments'));
  writeFileSync(
    join(place, 'environments', 'staging.yaml'),
    `version: 1\nname: staging\ntargets:\n  api: { url: "${url}", headers: { X-Key: k3y-of-services } }\n`,
  );
  const checked = await checkEnvironment('staging', overridesIn(place), quiet);
  if (!checked.ok) throw new Error(checked.error.message);
  expect(checked.value.map(({ user, passed }) => [user, passed])).toEqual([['api', true]]);
});
