/** Server reflection: a server is asked for the descriptors of its services. */
import { Metadata, status as grpcStatus, type StatusObject } from '@grpc/grpc-js';
import { fail, ok, type Result } from '#contract/errors';
import { grpcStatuses } from '#contract/requests';
import { nearest } from '#contract/scenario/nearest';
import type { PlanTarget } from '../plan.ts';
import { addressOf, type GrpcProblem } from './address.ts';
import { Connection, type GrpcCall } from './connection.ts';
import {
  readFileDescriptor,
  wellKnownFile,
  writeDescriptorSet,
  type FileDescriptor,
} from './descriptorSet.ts';
import { metadataOf } from './metadata.ts';
import {
  readReflectionResponse,
  writeReflectionRequest,
  type ReflectionRequest,
  type ReflectionResponse,
} from './reflectionMessages.ts';
import { ServiceTypes } from './serviceTypes.ts';

const versions = ['v1', 'v1alpha'] as const;

/** More files than any server has. */
const mostFiles = 5000;

/**
 * A serialised `FileDescriptorSet` of the services and all they depend on; of every service when none is named. Errors:
 * `reflection_refused` when the server does not offer it or does not let this client ask, `service_unknown`, and those of
 * connecting (`refused`, `dns`, `tls`, `connect_timeout` …).
 */
export async function reflectDescriptors(
  target: PlanTarget,
  services: string[],
  timeoutMs: number,
): Promise<Result<Uint8Array>> {
  const address = addressOf(target);
  if ('kind' in address) return unreachable(address);
  const metadata = metadataOf([target.headers]);
  if (!(metadata instanceof Metadata)) return unreachable(metadata);
  const connection = new Connection(target, address);
  try {
    const problem = await new Promise<GrpcProblem | null>((done) => connection.ready(timeoutMs, done));
    if (problem !== null) return unreachable(problem);
    const deadline = new Date(Date.now() + timeoutMs);
    for (const version of versions) {
      const stream = new ReflectionStream(connection, version, metadata, deadline);
      const found = await new Asking(stream, target).files(services);
      stream.close();
      if (found !== 'unimplemented') return found;
    }
    return fail(
      'unavailable',
      'reflection_refused',
      `${target.shownUrl} does not offer server reflection; name its .proto files under proto.`,
    );
  } finally {
    connection.close();
  }
}

function unreachable({ kind, message }: GrpcProblem): Result<never> {
  return fail('unavailable', kind, message);
}

/** An answer, or the status with which the stream ended. */
type Answered = { response: ReflectionResponse } | { status: Pick<StatusObject, 'code' | 'details'> };

/** One question at a time, each with one answer. */
class ReflectionStream {
  readonly #call: GrpcCall;
  #waiting: ((answered: Answered) => void) | null = null;
  #status: Pick<StatusObject, 'code' | 'details'> | null = null;

  constructor(connection: Connection, version: string, metadata: Metadata, deadline: Date) {
    this.#call = connection.call(
      `grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      deadline,
    );
    this.#call.start(metadata, {
      onReceiveMetadata: () => undefined,
      onReceiveMessage: (bytes: unknown) => this.#receive(bytes),
      onReceiveStatus: (status) => {
        this.#status = status;
        this.#answer({ status });
      },
    });
  }

  #receive(bytes: unknown): void {
    if (!Buffer.isBuffer(bytes)) return;
    try {
      this.#answer({ response: readReflectionResponse(bytes) });
    } catch {
      this.#answer({
        status: { code: grpcStatus.INTERNAL, details: 'its answer is not one of server reflection' },
      });
    }
  }

  #answer(answered: Answered): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(answered);
  }

  ask(request: ReflectionRequest): Promise<Answered> {
    if (this.#status !== null) return Promise.resolve({ status: this.#status });
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#call.startRead();
      this.#call.sendMessageWithContext({}, writeReflectionRequest(request));
    });
  }

  close(): void {
    if (this.#status === null) this.#call.cancelWithStatus(grpcStatus.CANCELLED, 'done');
  }
}

/** Gathers files until nothing that they import is missing. */
class Asking {
  readonly #stream: ReflectionStream;
  readonly #shown: string;
  readonly #files = new Map<string, FileDescriptor>();

  constructor(stream: ReflectionStream, { shownUrl }: PlanTarget) {
    this.#stream = stream;
    this.#shown = shownUrl;
  }

  async files(services: readonly string[]): Promise<Result<Uint8Array> | 'unimplemented'> {
    const wanted = services.length > 0 ? ok(services) : await this.#offered();
    if (wanted === 'unimplemented' || !wanted.ok) return wanted;
    for (const service of wanted.value) {
      const refused = await this.#take({ fileContainingSymbol: service });
      if (refused !== null)
        return refused === 'unimplemented' || refused.ok ? refused : this.#withMeant(service, refused);
    }
    for (let missing = this.#missing(); missing !== undefined; missing = this.#missing()) {
      if (this.#files.size > mostFiles)
        return fail(
          'unavailable',
          'reflection_refused',
          `${this.#shown} describes itself with more than ${mostFiles} files.`,
        );
      const refused = await this.#take({ fileByFilename: missing }, missing);
      if (refused !== null) return refused;
    }
    return (await this.#types()) ?? ok(writeDescriptorSet([...this.#files.values()]));
  }

  #missing(): string | undefined {
    for (const { dependency } of this.#files.values())
      for (const name of dependency) if (!this.#files.has(name)) return name;
    return undefined;
  }

  /** Some servers do not tell what a file imports: types that are still missing are asked for by name. */
  async #types(): Promise<Result<never> | 'unimplemented' | null> {
    const asked = new Set<string>();
    for (;;) {
      const name = new ServiceTypes([...this.#files.values()]).missing().find((one) => !asked.has(one));
      if (name === undefined) return null;
      asked.add(name);
      const refused = await this.#take({ fileContainingSymbol: name });
      if (refused !== null) return refused;
    }
  }

  async #offered(): Promise<Result<readonly string[]> | 'unimplemented'> {
    const answered = await this.#stream.ask({ listServices: '*' });
    const refused = this.#refusal(answered, null);
    if (refused !== null) return refused;
    const names = 'response' in answered ? (answered.response.listServicesResponse?.service ?? []) : [];
    const services = names.map(({ name }) => name).filter((name) => !name.startsWith('grpc.reflection.'));
    if (services.length > 0) return ok(services);
    return fail('unavailable', 'reflection_refused', `${this.#shown} lists no services.`);
  }

  /** null: it was taken. `as`: what others call it; a server may spell its name otherwise. */
  async #take(request: ReflectionRequest, as?: string): Promise<Result<never> | 'unimplemented' | null> {
    const ownCopy = as === undefined ? null : wellKnownFile(as);
    if (as !== undefined && ownCopy !== null) {
      this.#files.set(as, ownCopy);
      return null;
    }
    const answered = await this.#stream.ask(request);
    const refused = this.#refusal(answered, Object.values(request).join(''));
    if (refused !== null) return refused;
    const files =
      'response' in answered ? (answered.response.fileDescriptorResponse?.fileDescriptorProto ?? []) : [];
    try {
      for (const bytes of files) {
        const file = readFileDescriptor(bytes);
        this.#files.set(file.name, file);
      }
    } catch {
      return fail(
        'unavailable',
        'reflection_refused',
        `${this.#shown} sent a description of its services that cannot be read.`,
      );
    }
    if (as !== undefined && !this.#files.has(as))
      return fail(
        'unavailable',
        'reflection_refused',
        `${this.#shown} does not describe ${as}, which its own services import.`,
      );
    return null;
  }

  #refusal(answered: Answered, asked: string | null): Result<never> | 'unimplemented' | null {
    if ('status' in answered) {
      const { code, details } = answered.status;
      if (code === grpcStatus.UNIMPLEMENTED) return 'unimplemented';
      const name = grpcStatus[code];
      const why = details === '' ? name : `${name}: ${details.replace(/\.$/, '')}`;
      return fail(
        'unavailable',
        'reflection_refused',
        code === grpcStatus.DEADLINE_EXCEEDED
          ? `${this.#shown} did not say in time which services it has.`
          : `${this.#shown} does not let its services be asked for (${why}); name its .proto files under proto.`,
      );
    }
    const { errorResponse } = answered.response;
    if (errorResponse == null) return null;
    const unknown = errorResponse.errorCode === grpcStatuses.indexOf('NOT_FOUND') && asked !== null;
    return unknown
      ? fail('not_found', 'service_unknown', `${this.#shown} has no ${asked}`)
      : fail(
          'unavailable',
          'reflection_refused',
          `${this.#shown} does not describe ${asked ?? 'its services'}: ${errorResponse.errorMessage.replace(/\.$/, '')}.`,
        );
  }

  async #withMeant(service: string, refused: Result<never>): Promise<Result<never>> {
    if (refused.ok || refused.error.code !== 'service_unknown') return refused;
    const offered = await this.#offered();
    const names = offered === 'unimplemented' || !offered.ok ? [] : offered.value;
    const meant = nearest(service, names);
    const hint =
      meant !== null
        ? `; did you mean ${meant}?`
        : names.length > 0
          ? `; it has ${names.slice(0, 12).join(', ')}.`
          : '.';
    return fail('not_found', 'service_unknown', `${this.#shown} has no service ${service}${hint}`);
  }
}
