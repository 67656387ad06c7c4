/** .proto files as descriptors. */
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { fail, ok, type Result } from '#contract/errors';
import { isMessage, readFileDescriptor, writeDescriptorSet } from './descriptorSet.ts';
import { gatherProtos, searchFolders, withoutComments, type ProtoFile } from './protoImports.ts';

/**
 * A serialised `FileDescriptorSet` of the files, all they import and the well-known types they use. Imports are looked for
 * in `importPaths`, then beside the files. Error: `proto_invalid`, one sentence with file and line.
 */
export async function compileProtos(files: string[], importPaths: string[]): Promise<Result<Uint8Array>> {
  const folders = searchFolders(files, importPaths);
  const gathered = await gatherProtos(files, folders);
  if (!gathered.ok) return gathered;
  let compiled: PackageDefinition;
  try {
    // Its asynchronous sister throws past every handler when a type is nowhere.
    compiled = loadSync(
      gathered.value.slice(0, files.length).map(({ path }) => path),
      { keepCase: true, includeDirs: folders },
    );
  } catch (thrown) {
    return fail('invalid_input', 'proto_invalid', notCompiled(thrown, gathered.value));
  }
  const descriptors = filesOf(compiled).map((bytes) => readFileDescriptor(bytes));
  if (!descriptors.some(({ service }) => service.length > 0))
    return fail(
      'invalid_input',
      'proto_invalid',
      `${files.join(' and ')} ${files.length === 1 ? 'defines' : 'define'} no service; name the .proto files that do.`,
    );
  return ok(writeDescriptorSet(descriptors));
}

/** Every message carries the descriptors of all files. */
function filesOf(compiled: PackageDefinition): Buffer[] {
  for (const definition of Object.values(compiled))
    if (isMessage(definition)) return definition.fileDescriptorProtos;
  return [];
}

/** The compiler's message with the place in front: it tells the line of a wrong word, of a name that is nowhere only the name. */
function notCompiled(thrown: unknown, files: readonly ProtoFile[]): string {
  const message = (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\.$/, '');
  const placed = /^(.*?) \((.+), line (\d+)\)$/s.exec(message);
  if (placed) return `${placed[2]}:${placed[3]} does not compile: ${placed[1]}.`;
  const missing = /^no such [^':]*(?::\s*|')\.?([\w.]+)/i.exec(message)?.[1];
  if (missing !== undefined)
    return `${placeOf(missing, files, false)} does not compile: there is no type ${missing}.`;
  // It reads past the end of a file that stops in the middle.
  if (thrown instanceof TypeError)
    return `${lastLine(files)} does not compile: the file ends before it is complete.`;
  const named = /'(?:extend )?\.?([\w.]+)'|duplicate id (\d+)/.exec(message);
  const where = named === null ? (files[0]?.path ?? '') : placeOf(named[1] ?? named[2] ?? '', files, true);
  return `${where} does not compile: ${message}.`;
}

/** Where a name stands; of one that is there twice, where it stands again. */
function placeOf(name: string, files: readonly ProtoFile[], last: boolean): string {
  const word = new RegExp(`(?<![\\w.])\\.?${name.replaceAll('.', '\\.')}(?![\\w.])`);
  for (const { path, text } of files) {
    const lines = withoutComments(text).split('\n');
    const line = last
      ? lines.findLastIndex((one) => word.test(one))
      : lines.findIndex((one) => word.test(one));
    if (line >= 0) return `${path}:${line + 1}`;
  }
  return files[0]?.path ?? '';
}

/** Of the file whose brackets are not closed. */
function lastLine(files: readonly ProtoFile[]): string {
  const count = (text: string, sign: string) => withoutComments(text).split(sign).length;
  const open = files.find(({ text }) => count(text, '{') !== count(text, '}')) ?? files[0];
  return open === undefined ? '' : `${open.path}:${open.text.trimEnd().split('\n').length}`;
}
