/** The services' description, read from its .proto file, and what is not in it: messages that cannot be read. */
import { dirname, resolve } from 'node:path';
import {
  loadSync,
  type AnyDefinition,
  type MethodDefinition,
  type PackageDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader';
import { fail, ok, toAppError, type Result } from '#contract/errors';

/** Sent in place of a message: no field of any message begins like this. */
export const unreadable = Buffer.from([0xff, 0xff, 0xff, 0xff]);

export interface Definition {
  /** As reflection tells it. */
  all: PackageDefinition;
  service(name: string): ServiceDefinition | null;
}

function isService(definition: AnyDefinition | undefined): definition is ServiceDefinition {
  return definition !== undefined && !('format' in definition);
}

/** Answers with bytes as they are where a Buffer stands for a message. */
function withUnreadable(method: MethodDefinition<object, object>): MethodDefinition<object, object> {
  const { responseSerialize } = method;
  return {
    ...method,
    responseSerialize: (message) => (Buffer.isBuffer(message) ? message : responseSerialize(message)),
  };
}

/** Reads a .proto file with what it imports. Fails with the file and what is wrong in it. */
export function readDefinition(file: string): Result<Definition> {
  try {
    const path = resolve(file);
    const all = loadSync(path, {
      keepCase: true,
      longs: Number,
      enums: String,
      defaults: true,
      oneofs: true,
      includeDirs: [dirname(path)],
    });
    return ok({
      all,
      service(name) {
        const found = all[name];
        if (!isService(found)) return null;
        return Object.fromEntries(
          Object.entries(found).map(([key, method]) => [key, withUnreadable(method)]),
        );
      },
    });
  } catch (error) {
    return fail(
      'invalid_input',
      'proto',
      `The practice agent cannot read the description of its services in ${file}: ${toAppError(error).message}`,
    );
  }
}
