import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readServices } from './methods.ts';
import { compileProtos } from './protos.ts';
import { proto, writeProto } from './testing/service.ts';

async function typesOf(text: string) {
  const compiled = await compileProtos([writeProto(text)], []);
  if (!compiled.ok) throw new Error(compiled.error.message);
  const types = readServices(compiled.value);
  if (!types.ok) throw new Error(types.error.message);
  return types.value;
}

it('tells every method with its kind and types', async () => {
  const types = await typesOf(proto);
  expect(types.methods.map(({ rpc, kind }) => [rpc, kind])).toEqual([
    ['speech.Speech/Echo', 'unary'],
    ['speech.Speech/Gather', 'client_stream'],
    ['speech.Speech/Speak', 'server_stream'],
    ['speech.Speech/Talk', 'bidi'],
  ]);
  expect(types.missing()).toEqual([]);
});

it('keeps a map apart from the message of the same name, and well-known types with the rest', async () => {
  const config = (await typesOf(proto)).message('speech.Config');
  const label = config?.byName.get('label');
  expect(label?.map?.value.typeName).toBe('speech.Label');
  expect((await typesOf(proto)).message('google.protobuf.Timestamp')?.fields.map(({ name }) => name)).toEqual(
    ['seconds', 'nanos'],
  );
});

it.each([
  [
    'a type that is nowhere',
    'syntax = "proto3";\nmessage A {\n  strng x = 1;\n}\nservice S { rpc Do(A) returns (A); }',
    /speech\.proto:3 does not compile: there is no type strng\.$/,
  ],
  [
    'a wrong word',
    'syntax = "proto3";\nmessage A {\n  string x = ;\n}',
    /speech\.proto:3 does not compile: illegal id ';'\.$/,
  ],
  [
    'a name that is there twice',
    'syntax = "proto3";\nmessage A { string a = 1;\n string a = 2; }',
    /speech\.proto:3 does not compile: duplicate name 'a' in Type A\.$/,
  ],
  [
    'a file that stops in the middle',
    'syntax = "proto3";\nmessage A { string a = 1;\n',
    /speech\.proto:2 does not compile: the file ends before it is complete\.$/,
  ],
  [
    'no service',
    'syntax = "proto3";\nmessage A { string a = 1; }',
    /speech\.proto defines no service; name the \.proto files that do\.$/,
  ],
])('%s is one sentence with file and line', async (_, text, sentence) => {
  const compiled = await compileProtos([writeProto(text)], []);
  expect(compiled).toMatchObject({ ok: false, error: { code: 'proto_invalid' } });
  expect(compiled.ok ? '' : compiled.error.message).toMatch(sentence);
});

it('names an import that is nowhere with the folders that were searched, and finds it in one of them', async () => {
  const file = writeProto(
    'syntax = "proto3";\n// import "not/this.proto";\nimport "shared/label.proto";\nservice S { rpc Do(shared.Label) returns (shared.Label); }',
  );
  const folder = join(dirname(file), 'imports');
  const missing = await compileProtos([file], [folder]);
  expect(missing.ok ? '' : missing.error.message).toBe(
    `${file}:3 imports shared/label.proto, which is in none of ${folder}, ${dirname(file)}; add its folder to import_paths.`,
  );
  mkdirSync(join(folder, 'shared'), { recursive: true });
  writeFileSync(
    join(folder, 'shared/label.proto'),
    'syntax = "proto3";\npackage shared;\nmessage Label { string text = 1; }',
  );
  expect((await compileProtos([file], [folder])).ok).toBe(true);
});

it('names a file that is not there', async () => {
  const compiled = await compileProtos(['/nowhere/at/all.proto'], []);
  expect(compiled.ok ? '' : compiled.error.message).toBe(
    'The .proto file /nowhere/at/all.proto is not there.',
  );
});
