import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { afterEach, expect, it } from 'vitest';
import { createServiceHandlers } from './handlers.ts';

const proto = `syntax = "proto3";
package speech;
message Config { int32 sample_rate = 1; bytes key = 2; }
message Piece { Config config = 1; bytes audio = 2; string text = 3; }
service Speech { rpc Recognize(stream Piece) returns (Piece); }
`;

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.forceShutdown();
});

async function workspace() {
  const folder = await mkdtemp(join(tmpdir(), 'crosstalk-services-'));
  await mkdir(join(folder, 'protos'));
  await writeFile(join(folder, 'protos', 'speech.proto'), proto);
  const handlers = createServiceHandlers({
    workspace: () => folder,
    sources: { env: { PORT: '1' }, secrets: null },
  });
  return { folder, path: join(folder, 'mine.yaml'), handlers };
}

const half = (...lines: string[]) =>
  ['version: 1', 'users:', '  - kind: voice', '  - kind: grpc', ...lines].join('\n');

const recognise = {
  rpc: 'speech.Speech/Recognize',
  type: 'client_stream',
  requestType: 'speech.Piece',
  responseType: 'speech.Piece',
  requestBytes: ['config.key', 'audio'],
  responseBytes: ['config.key', 'audio'],
};

it('tells the methods of the .proto files of a scenario that is still being written', async () => {
  const { path, handlers } = await workspace();
  const found = await handlers.methods({ path, text: half('    proto: protos/speech.proto'), user: 1 });
  expect(found).toMatchObject({ ok: true, value: [recognise] });
  const [method] = found.ok ? found.value : [];
  expect(JSON.parse(method?.message ?? '')).toEqual({
    config: { sample_rate: 0, key: '' },
    audio: '',
    text: '',
  });
});

it('asks the target of the environment when there are no .proto files', async () => {
  const { folder, path } = await workspace();
  const definition = loadSync(join(folder, 'protos', 'speech.proto'), { keepCase: true });
  const server = new Server();
  open.push(server);
  const service = definition['speech.Speech'];
  if (service === undefined || 'format' in service) throw new Error('no service');
  server.addService(service, {});
  new ReflectionService(definition).addToServer(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const handlers = createServiceHandlers({
    workspace: () => folder,
    sources: { env: { PORT: String(port) }, secrets: null },
  });
  const text = `${half()}\nenvironment:\n  url: grpc://127.0.0.1:\${env:PORT}\n`;
  expect(await handlers.methods({ path, text, user: 1 })).toMatchObject({ ok: true, value: [recognise] });
});

it('knows what the practice agent offers', async () => {
  const { path, handlers } = await workspace();
  const found = await handlers.methods({ path, text: `${half()}\nenvironment: practice`, user: 1 });
  expect(found.ok ? found.value.map(({ rpc }) => rpc) : found.error).toContain(
    'june.stt.SpeechToText/Recognize',
  );
});

it.each([
  ['users of another kind', 0, half('    proto: protos/speech.proto'), 'no_such_user'],
  ['a .proto file that is not there', 1, half('    proto: protos/other.proto'), 'proto_invalid'],
  ['an environment that is not there', 1, `${half()}\nenvironment: nowhere`, 'unknown_environment'],
  [
    'a target that is not there',
    1,
    `${half('    target: other')}\nenvironment:\n  url: grpc://127.0.0.1:1`,
    'no_such_target',
  ],
  ['nobody who answers', 1, `${half()}\nenvironment:\n  url: grpc://127.0.0.1:1`, 'refused'],
  ['text that is no YAML', 1, 'a: [', 'invalid_scenario'],
])('says what is wrong: %s', async (_, user, text, code) => {
  const { path, handlers } = await workspace();
  expect(await handlers.methods({ path, text, user })).toMatchObject({ ok: false, error: { code } });
});

it('reads for scenarios of the workspace only', async () => {
  const { handlers } = await workspace();
  const path = join(tmpdir(), 'elsewhere.yaml');
  const unknown = { ok: false, error: { code: 'unknown_scenario' } };
  expect(await handlers.methods({ path, text: half(), user: 1 })).toMatchObject(unknown);
  expect(await handlers.feedPreview({ path, file: 'users.csv' })).toMatchObject(unknown);
});

it('shows the first rows of data, secrets masked', async () => {
  const { folder, path, handlers } = await workspace();
  await writeFile(
    join(folder, 'users.csv'),
    ['name,password', ...Array.from({ length: 30 }, (_, i) => `user ${i},p${i}`)].join('\n'),
  );
  const preview = await handlers.feedPreview({ path, file: 'users.csv' });
  expect(preview).toMatchObject({ ok: true, value: { fields: ['name', 'password'], rows: 30 } });
  expect(preview.ok ? preview.value.first.length : 0).toBe(20);
  expect(preview.ok ? preview.value.first[0] : null).toEqual({ name: 'user 0', password: '***' });
});

it('finds rows within JSON, and says what is wrong with others', async () => {
  const { folder, path, handlers } = await workspace();
  await writeFile(
    join(folder, 'users.json'),
    JSON.stringify({ users: [{ id: 1, more: { token: 'x', n: 2 } }] }),
  );
  expect(await handlers.feedPreview({ path, file: 'users.json', at: '$.users' })).toEqual({
    ok: true,
    value: { fields: ['id', 'more'], rows: 1, first: [{ id: '1', more: '{"token":"***","n":2}' }] },
  });
  const wrong = await handlers.feedPreview({ path, file: 'users.json' });
  expect(wrong.ok ? '' : wrong.error.message).toMatch(/must be an array of objects.*\.$/);
});
