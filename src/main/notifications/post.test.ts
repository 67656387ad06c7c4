import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { answering, type LoopbackServer } from '../environments/testing.ts';
import { postWebhook, type PostOptions } from './post.ts';

const open: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers one after the other, the last for ever; what was heard. */
async function webhook(...answers: Answer[]): Promise<{ address: string; port: number; heard: string[] }> {
  const heard: string[] = [];
  const server = await answering((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      heard.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
      (answers[heard.length - 1] ?? answers.at(-1))?.(response, request);
    });
  });
  open.push(server);
  return { address: `http://127.0.0.1:${server.port}/hook/abcdef`, port: server.port, heard };
}

const says =
  (status: number, text = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(text);
const hangs: Answer = () => undefined;

async function send(address: string, options: PostOptions = {}) {
  const sent = await postWebhook(address, { hello: 'world' }, { pauseMs: 1, ...options });
  return sent.ok ? sent.value : sent.error.message;
}

const shown = (port: number) => `The webhook http://127.0.0.1:${port}/*** did not take the message`;

describe('a message to a webhook', () => {
  it('is sent as JSON, and its answer is told', async () => {
    const { address, heard } = await webhook(says(200, 'ok\n'));
    expect(await send(address)).toEqual({ status: 200, answer: 'ok' });
    expect(heard).toEqual(['POST /hook/abcdef {"hello":"world"}']);
  });

  it('has no more of its answer read than can be shown', async () => {
    const { address } = await webhook(says(202, 'x'.repeat(100_000)));
    expect(await send(address)).toEqual({ status: 202, answer: 'x'.repeat(500) });
  });

  it('is tried three times while the other side is in trouble', async () => {
    const { address, heard, port } = await webhook(says(500));
    expect(await send(address)).toBe(`${shown(port)} after 3 attempts: it answered HTTP 500.`);
    expect(heard).toHaveLength(3);
    const recovers = await webhook(says(503), says(200));
    expect(await send(recovers.address)).toMatchObject({ status: 200 });
  });

  it('waits as long as it is asked to, within reason', async () => {
    const { address } = await webhook(says(429, '', { 'retry-after': '0' }), says(200));
    expect(await send(address)).toMatchObject({ status: 200 });
    const busy = await webhook(says(429, '', { 'retry-after': '120' }));
    expect(await send(busy.address)).toBe(
      `${shown(busy.port)}: it takes no more messages for now (HTTP 429); it asks to wait 120 s.`,
    );
    expect(busy.heard).toHaveLength(1);
    const dated = await webhook(
      says(503, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }),
    );
    expect(await send(dated.address)).toMatch(/HTTP 503/);
    expect(dated.heard).toHaveLength(1);
  });

  it('is not sent again where that would change nothing', async () => {
    const { address, heard, port } = await webhook(says(404));
    expect(await send(address)).toBe(`${shown(port)}: there is no such webhook (HTTP 404).`);
    expect(heard).toHaveLength(1);
    const refused = await webhook(says(403));
    expect(await send(refused.address)).toMatch('it does not accept this address any more (HTTP 403)');
    const wrong = await webhook(says(400));
    expect(await send(wrong.address)).toMatch('it answered HTTP 400');
  });

  it('is given up when nothing is answered, and not sent twice then', async () => {
    const { address, heard, port } = await webhook(hangs);
    expect(await send(address, { timeoutMs: 300 })).toBe(`${shown(port)}: it did not answer within 0.3 s.`);
    expect(heard).toHaveLength(1);
  });

  it('ends when there is no more time for it, in the middle of an attempt and between two', async () => {
    const { address, port } = await webhook(hangs);
    const ending = new AbortController();
    const sending = send(address, { signal: ending.signal });
    ending.abort();
    expect(await sending).toBe(`${shown(port)}: there was no more time for it.`);
    const failing = await webhook(says(500));
    const later = new AbortController();
    const waiting = send(failing.address, { signal: later.signal, pauseMs: 9000 });
    await expect.poll(() => failing.heard.length).toBe(1);
    later.abort();
    expect(await waiting).toMatch('it answered HTTP 500');
  });

  it('says where nobody listens', async () => {
    const { port } = await webhook(says(200));
    await open.pop()?.close();
    expect(await send(`http://127.0.0.1:${port}/hook/abcdef`)).toBe(
      `${shown(port)} after 3 attempts: nobody listens there (connection refused).`,
    );
  });

  it('follows to another path of the same place, and never to another place', async () => {
    const moved = await webhook(says(307, '', { location: '/moved' }), says(200, 'here'));
    expect(await send(moved.address)).toEqual({ status: 200, answer: 'here' });
    expect(moved.heard[1]).toBe('POST /moved {"hello":"world"}');
    const other = await webhook(says(200));
    const away = await webhook(says(307, '', { location: other.address }));
    expect(await send(away.address)).toBe(
      `${shown(away.port)}: it points elsewhere (HTTP 307), which is not followed.`,
    );
    expect(other.heard).toEqual([]);
    const changed = await webhook(says(302, '', { location: '/get' }));
    expect(await send(changed.address)).toMatch('it points elsewhere (HTTP 302)');
    const round = await webhook(says(308, '', { location: '/again' }));
    expect(await send(round.address)).toMatch('it points elsewhere (HTTP 308)');
    expect(round.heard).toHaveLength(4);
  });
});
