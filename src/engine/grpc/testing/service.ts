/** A service on loopback for tests: all four kinds of call, as a speech service has them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { z } from 'zod';
import { Clock } from '../../clock.ts';
import type { PlanTarget } from '../../plan.ts';
import type { PlanRequestUsers } from '../../requestPlan.ts';
import type { RpcOutcome, RpcRequest, RpcSession } from '../rpc.ts';

export const proto = `syntax = "proto3";
package speech;
import "google/protobuf/timestamp.proto";

enum Encoding { LINEAR16 = 0; MULAW = 1; }
message Config { Encoding encoding = 1; int32 sample_rate = 2; map<string, Label> label = 3; }
message Label { string text = 1; }
message Piece {
  Config config = 1;
  Sound sound = 2;
  string text = 3;
  int64 number = 4;
  google.protobuf.Timestamp at = 5;
  repeated string tags = 6;
  oneof source { string name = 7; bytes raw = 8; }
}
message Sound { bytes audio = 1; }
service Speech {
  rpc Echo(Piece) returns (Piece);
  rpc Gather(stream Piece) returns (Piece);
  rpc Speak(Piece) returns (stream Piece);
  rpc Talk(stream Piece) returns (stream Piece);
}
`;

/** The folder and file of the service's .proto. */
export function writeProto(text = proto): string {
  const file = join(mkdtempSync(join(tmpdir(), 'crosstalk-proto-')), 'speech.proto');
  writeFileSync(file, text);
  return file;
}

const Piece = z.looseObject({
  text: z.string().default(''),
  sound: z.object({ audio: z.instanceof(Buffer) }).nullish(),
});
type Piece = z.infer<typeof Piece>;

export interface SpeechService {
  url: string;
  definition: PackageDefinition;
  server: Server;
  /** What arrived, in order. */
  pieces: Piece[];
  /** Who called: an address for each connection. */
  peers: Set<string>;
  metadata: Metadata[];
  cancelled: number;
  close(): void;
}

function isService(definition: PackageDefinition[string] | undefined): definition is ServiceDefinition {
  return definition !== undefined && !('format' in definition);
}

/** `fail:NAME` as text is answered with that status, `wait` never. */
export async function startSpeech(
  options: {
    credentials?: ServerCredentials;
    prepare?: (server: Server, definition: PackageDefinition) => void;
  } = {},
): Promise<SpeechService> {
  const definition = loadSync(writeProto(), { keepCase: true, longs: String, enums: String });
  const speech = definition['speech.Speech'];
  if (!isService(speech)) throw new Error('speech.proto has no service');
  const server = new Server();
  const service: SpeechService = {
    url: '',
    definition,
    server,
    pieces: [],
    peers: new Set(),
    metadata: [],
    cancelled: 0,
    close: () => server.forceShutdown(),
  };
  const implementation: UntypedServiceImplementation = {
    Echo(call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) {
      const piece = Piece.parse(call.request);
      service.peers.add(call.getPeer());
      service.metadata.push(call.metadata);
      service.pieces.push(piece);
      call.on('cancelled', () => service.cancelled++);
      const [word, name] = piece.text.split(':');
      const trailer = new Metadata();
      trailer.set('x-trailer', 'last');
      if (word === 'wait') return;
      if (word === 'fail')
        answer({ code: status[name as keyof typeof status], details: 'because' }, null, trailer);
      else answer(null, call.request, trailer);
    },
    Gather(call: ServerReadableStream<unknown, unknown>, answer: sendUnaryData<unknown>) {
      call.on('data', (piece: unknown) => service.pieces.push(Piece.parse(piece)));
      call.on('end', () => answer(null, { text: `${service.pieces.length} pieces` }));
    },
    Speak(call: ServerWritableStream<unknown, unknown>) {
      for (const text of Piece.parse(call.request).text.split(' '))
        call.write({ text, sound: { audio: text === 'silent' ? Buffer.alloc(0) : Buffer.alloc(320) } });
      call.end();
    },
    Talk(call: ServerDuplexStream<unknown, unknown>) {
      call.on('data', (piece: unknown) => call.write(piece));
      call.on('end', () => call.end());
    },
  };
  server.addService(speech, implementation);
  options.prepare?.(server, definition);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(
      '127.0.0.1:0',
      options.credentials ?? ServerCredentials.createInsecure(),
      (error, bound) => (error ? reject(error) : resolve(bound)),
    );
  });
  service.url = `${options.credentials === undefined ? 'grpc' : 'grpcs'}://127.0.0.1:${port}`;
  return service;
}

export function targetAt(url: string, more: Partial<PlanTarget> = {}): PlanTarget {
  return { url, shownUrl: url, protocol: 'grpc', headers: {}, tls: { verify: true, ca: null }, ...more };
}

export function usersOf(
  target: PlanTarget,
  descriptors: Uint8Array,
  grpc: Partial<NonNullable<PlanRequestUsers['grpc']>> = {},
): PlanRequestUsers {
  return {
    kind: 'grpc',
    name: 'clients',
    weight: 1,
    iterationsPerUser: null,
    target,
    connectTimeoutMs: 10_000,
    journey: { onStart: [], onStop: [], tasks: [], wait: { from: 0, to: 0 }, variables: {}, feeds: [] },
    http: null,
    grpc: { descriptors, metadata: {}, channels: 'own', ...grpc },
  };
}

export const newClock = () => new Clock(process.hrtime.bigint());

export function request(rpc: string, message: unknown, more: Partial<RpcRequest> = {}): RpcRequest {
  return {
    rpc: `speech.Speech/${rpc}`,
    messages: [message],
    messageIntervalMs: 0,
    audio: null,
    firstAudio: null,
    token: null,
    metadata: {},
    deadlineMs: 10_000,
    wantsDetail: false,
    ...more,
  };
}

export function outcomeOf(session: RpcSession, asked: RpcRequest): Promise<RpcOutcome> {
  return new Promise((resolve) => void session.call(asked, resolve));
}
