/** Servers on loopback and a check of them, for tests. */
import { writeFileSync } from 'node:fs';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { CheckStep } from '#contract/checks';
import type { PracticeConfigInput } from '#contract/practice';
import type { PlanTarget } from '#engine/plan';
import { createAcsAdapter } from '#engine/protocols/acs';
import { launchPractice } from '../practice/launcher.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { checkTarget, type TargetCheckOptions } from './target.ts';

const adapter = createAcsAdapter(
  { sampleRate: 16_000, frameMs: 20, audibleLevel: -50 },
  { response: [], end: [] },
);

/** Servers that are closed together, whatever still hangs on them. */
export class Loopback {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Lets it listen on loopback; its port. */
  async listen(server: Server, host = '127.0.0.1'): Promise<number> {
    server.on('connection', (socket: Socket) => this.#sockets.add(socket.on('error', () => undefined)));
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, host, () => resolve()));
    return (server.address() as AddressInfo).port;
  }

  /** Cuts every connection. */
  async hangUp(): Promise<void> {
    const cut = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await Promise.all(cut);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    const servers = this.#servers.splice(0);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

export function target(url: string, more: Partial<PlanTarget> = {}): PlanTarget {
  return { url, shownUrl: url, protocol: 'acs', headers: {}, tls: { verify: true, ca: null }, ...more };
}

/** The steps of a target by name, as they were told of. Throws when one is missing. */
export async function check(
  what: PlanTarget,
  more: Partial<TargetCheckOptions> = {},
): Promise<Record<string, CheckStep>> {
  const heard: CheckStep[] = [];
  const steps = await checkTarget(what, {
    adapter,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    health: null,
    credentials: null,
    onStep: (step) => heard.push(step),
    ...more,
  });
  const names = ['url', 'dns', 'tcp', 'tls', 'health', 'upgrade', 'session'];
  const told = steps.map((step, i) => (heard[i] === step ? step.step : '(not told)'));
  if (told.join() !== names.join()) throw new Error(`The steps were ${told.join(', ')}`);
  return Object.fromEntries(steps.map((step) => [step.step, step]));
}

/** The value of a fact. */
export function fact(step: CheckStep | undefined, name: string): string | undefined {
  return step?.facts.find((found) => found.name === name)?.value;
}

/** For a test that waits for whole calls. */
export const longMs = 60_000;

/** The address of a practice agent with short answers; ended with `cleanUps`. */
export async function practiceAgent(
  config: PracticeConfigInput,
  cleanUps: (() => unknown)[],
): Promise<string> {
  const short: PracticeConfigInput = {
    greeting: false,
    endpointing: '200ms',
    delay: { kind: 'fixed', value: '300ms' },
    sentence: '700ms',
  };
  const started = await launchPractice(nodeProcessHost, { config: { ...short, ...config } });
  if (!started.ok) throw new Error(started.error.message);
  cleanUps.push(() => started.value.close());
  return started.value.url;
}

/** A scenario in `folder` that is over soon, whatever the agent does; its path. It carries the secret `k3y-of-this-test`. */
export function shortScenario(folder: string, url: string, interrupting = false): string {
  // 400 ms of a square wave.
  const samples = Int16Array.from({ length: 6400 }, (_, i) => (Math.floor(i / 20) % 2 ? 6000 : -6000));
  for (const name of ['one.pcm', 'two.pcm']) writeFileSync(join(folder, name), samples);
  const bargeIn = interrupting ? ', barge_in: { after: 200ms }' : '';
  const path = join(folder, 'calls.yaml');
  const yaml = `version: 1
name: Short calls
environment: { url: "${url}", headers: { X-Api-Key: k3y-of-this-test } }
users:
  - kind: voice
    greeting: ignore
    pause_between_turns: 50ms
    timeouts: { first_byte: 1500ms, turn: 6s, barge_in: 700ms }
    conversations:
      - name: talk
        turns:
          - { clip: one.pcm${bargeIn} }
          - { clip: two.pcm }
load: { users: 1, duration: 10s }
`;
  writeFileSync(path, yaml);
  return path;
}
