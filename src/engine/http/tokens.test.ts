/** Tokens of streamed answers, however their bytes are cut. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { PlanStream } from '../requestPlan.ts';
import { gzipSync } from 'node:zlib';
import { answering, clientOf, sent } from './testing.ts';
import { TokenReader } from './tokens.ts';

const sse = (more: Partial<PlanStream> = {}): PlanStream => ({
  format: 'sse',
  token: null,
  done: null,
  ...more,
});

/** Reads `bytes` in pieces that end at `cuts`; piece n comes at n. */
function read(stream: PlanStream, bytes: Buffer, cuts: readonly number[] = []): TokenReader {
  const reader = new TokenReader(stream, true);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  ends.forEach((end, at) => {
    if (!reader.ended) reader.add(bytes.subarray(from, end), at);
    from = end;
  });
  reader.end(ends.length);
  return reader;
}

const texts = (reader: TokenReader) => reader.events.map(({ text }) => text);

describe('server-sent events', () => {
  it('are one for each blank line, with their lines of data joined', () => {
    const text =
      ': hello\n\nevent: x\ndata: one\n\ndata:two\ndata:  three\nid: 1\n\ndatax: no\n\ndata: unfinished';
    expect(texts(read(sse(), Buffer.from(text)))).toEqual(['one', 'two\n three']);
  });

  it('are the same wherever the bytes are cut and however lines end', () => {
    const events = ['grüße', '{"token":"你好"}', '🎧', ''];
    fc.assert(
      fc.property(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(), { maxLength: 12 }), (end, cuts) => {
        const bytes = Buffer.from(events.map((event) => `data: ${event}${end}${end}`).join(''));
        // A lone CR at the very end may be half of a CR LF, but the line ends with it.
        expect(texts(read(sse(), bytes, cuts))).toEqual(events);
      }),
    );
  });

  it('are tokens only where the path finds a text, and end with the event that says so', () => {
    const stream = sse({ token: '$.choices[0].delta.content', done: '[DONE]' });
    const data = [
      '{"choices":[{"delta":{"role":"assistant","content":""}}]}',
      '{"choices":[{"delta":{"content":"Hel"}}]}',
      'no json',
      '{"choices":[]}',
      '{"choices":[{"delta":{"content":"lo"}}]}',
      '[DONE]',
      '{"choices":[{"delta":{"content":"late"}}]}',
    ];
    const reader = new TokenReader(stream, false);
    const ended = data.map((one, at) => !reader.ended && reader.add(Buffer.from(`data: ${one}\n\n`), at));
    expect(ended).toEqual([false, false, false, false, false, true, false]);
    expect(reader).toMatchObject({ count: 2, firstAt: 1, lastAt: 4, ended: true, events: [] });
  });
});

it('lines of JSON count each, the last one without its end too', () => {
  const stream: PlanStream = { format: 'ndjson', token: "$..['text']", done: null };
  const reader = read(stream, Buffer.from('{"text":"a"}\n\n{"n":1}\r\n{"deep":{"text":"b"}}'), [3, 20]);
  expect(reader.count).toBe(2);
  expect(reader.events).toHaveLength(3);
});

it('chunks count each; characters that are cut in two are whole in what is kept', () => {
  const reader = new TokenReader({ format: 'chunks', token: null, done: 'END' }, true);
  const bytes = Buffer.from('aé');
  reader.add(bytes.subarray(0, 2), 1);
  reader.add(bytes.subarray(2), 2);
  reader.add(Buffer.from('END\n'), 3);
  expect(texts(reader)).toEqual(['a', 'é', 'END\n']);
  expect(reader).toMatchObject({ count: 2, firstAt: 1, lastAt: 2, ended: true });
});

it('an event without an end does not grow for ever, and no more are kept than are shown', () => {
  const reader = new TokenReader(sse(), true);
  for (let i = 0; i < 40; i++) reader.add(Buffer.alloc(65_536, 'x'), i);
  reader.add(Buffer.from('\n\n'), 41);
  for (let i = 0; i < 300; i++) reader.add(Buffer.from(`data: ${'y'.repeat(10_000)}\n\n`), i);
  expect(reader.count).toBe(300);
  expect(reader.events).toHaveLength(200);
  expect(reader.events[0]?.text.length).toBeLessThan(10_000);
  expect(reader.events[0]?.bytes).toBe(10_000);
});

describe('over HTTP', () => {
  const cleanUps: (() => void)[] = [];
  afterEach(() => cleanUps.splice(0).forEach((clean) => clean()));

  async function asked(answer: Parameters<typeof answering>[0], stream: PlanStream) {
    const server = await answering(answer);
    const client = clientOf();
    cleanUps.push(
      () => client.close(),
      () => server.close(),
    );
    return sent(client.session(), server.url, { stream, wantsDetail: true });
  }

  it('a stream has its first and last token, between first byte and end', async () => {
    const outcome = await asked(
      (_, response) => {
        response.setHeader('content-type', 'text/event-stream');
        const words = ['one', 'two', 'three'];
        const say = (): void => {
          const word = words.shift();
          if (word === undefined) response.end('data: [DONE]\n\n');
          else response.write(`data: ${JSON.stringify({ token: word })}\n\n`, () => setImmediate(say));
        };
        say();
      },
      sse({ token: '$.token', done: '[DONE]' }),
    );
    expect(outcome).toMatchObject({ status: 200, failure: null, tokens: { count: 3 } });
    const { tokens, firstByteAt, endedAt, messages, body } = outcome;
    expect(firstByteAt).toBeLessThanOrEqual(tokens?.firstAt ?? 0);
    expect(tokens?.firstAt).toBeLessThan(tokens?.lastAt ?? 0);
    expect(tokens?.lastAt).toBeLessThanOrEqual(endedAt);
    expect(messages.map(({ text }) => text)).toContain('[DONE]');
    expect(body?.toString()).toContain('three');
  });

  it('a server that keeps the stream open after its last event is not waited for', async () => {
    const outcome = await asked(
      (_, response) => void response.write('data: a\n\ndata: [DONE]\n\n'),
      sse({ done: '[DONE]' }),
    );
    expect(outcome).toMatchObject({ failure: null, status: 200, tokens: { count: 1 } });
    expect(outcome.body?.toString()).toBe('data: a\n\ndata: [DONE]\n\n');
  });

  it('a compressed stream is read as well', async () => {
    const outcome = await asked((_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('data: a\n\ndata: b\n\n'));
    }, sse());
    expect(outcome).toMatchObject({ failure: null, tokens: { count: 2 } });
    expect(outcome.body?.toString()).toBe('data: a\n\ndata: b\n\n');
  });
});
