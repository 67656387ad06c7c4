/** .proto files as descriptors. */
import { fail, type Result } from '#contract/errors';

/** A serialised `FileDescriptorSet` of the files and all they import. Error: `proto_invalid`, one sentence with file and line. */
export function compileProtos(files: string[], importPaths: string[]): Promise<Result<Uint8Array>> {
  const folders = importPaths.length === 0 ? '' : ` (${importPaths.join(', ')})`;
  return Promise.resolve(
    fail('unavailable', 'proto_invalid', `${files.join(', ')}${folders} cannot be compiled yet.`),
  );
}
