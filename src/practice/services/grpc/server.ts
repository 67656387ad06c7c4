/** The services over gRPC, on a port of their own, with reflection. */
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { fail, ok, type Result } from '#contract/errors';
import type { Desk } from '../request.ts';
import { RpcExchange, stampArrival, type AnyCall } from './call.ts';
import { readDefinition } from './definition.ts';
import { chat, generate } from './languageModel.ts';
import type { SpeechBank } from './speechBank.ts';
import { recognize, streamingRecognize } from './speechToText.ts';
import { streamSynthesize, synthesize } from './textToSpeech.ts';

type Unary = ServerUnaryCall<unknown, unknown>;
type ClientStream = ServerReadableStream<unknown, unknown>;
type ServerStream = ServerWritableStream<unknown, unknown>;
type Callback = sendUnaryData<unknown>;

export interface GrpcServices {
  readonly port: number;
  /** Ends every call and connection. */
  close(): Promise<void>;
}

function implementations(
  desk: Desk,
  bank: SpeechBank,
  cut: (peer: string) => void,
): Record<string, UntypedServiceImplementation> {
  const open = (call: AnyCall) => new RpcExchange(desk, call, cut);
  return {
    'june.stt.SpeechToText': {
      Recognize: (call: Unary, callback: Callback) => recognize(open(call), call, callback),
      StreamingRecognize: (call: ClientStream, callback: Callback) =>
        streamingRecognize(open(call), call, callback),
    },
    'june.tts.TextToSpeech': {
      Synthesize: (call: Unary, callback: Callback) => synthesize(open(call), bank, call, callback),
      StreamSynthesize: (call: ServerStream) => streamSynthesize(open(call), bank, call),
    },
    'june.llm.LanguageModel': {
      Generate: (call: Unary, callback: Callback) => generate(open(call), call, callback),
      Chat: (call: ServerStream) => chat(open(call), call),
    },
  };
}

/**
 * Starts them on any free port of `host`. Connections are accepted here and handed on, so that one can be cut. Fails
 * when the .proto file cannot be read or lacks a service, or no port can be had.
 */
export async function startGrpcServices(
  host: string,
  protoFile: string,
  desk: Desk,
  bank: SpeechBank,
): Promise<Result<GrpcServices>> {
  const definition = readDefinition(protoFile);
  if (!definition.ok) return definition;
  const server = new Server({ interceptors: [stampArrival] });
  const sockets = new Map<string, Socket>();
  const cut = (peer: string): void => void sockets.get(peer)?.resetAndDestroy();
  for (const [name, implementation] of Object.entries(implementations(desk, bank, cut))) {
    const service = definition.value.service(name);
    if (!service) return fail('invalid_input', 'proto', `${protoFile} describes no service ${name}`);
    server.addService(service, implementation);
  }
  new ReflectionService(definition.value.all).addToServer(server);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer({ noDelay: true }, (socket) => {
    const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    sockets.set(peer, socket);
    socket.once('close', () => sockets.delete(peer));
    socket.on('error', () => undefined);
    injector.injectConnection(socket);
  });
  const failure = await listen(listener, host);
  if (failure) {
    return fail(
      'unavailable',
      'port_unavailable',
      `The practice agent cannot listen on ${host} for gRPC (${failure.message})`,
    );
  }
  const { port } = listener.address() as AddressInfo;
  return ok({
    port,
    async close() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      server.forceShutdown();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  });
}

function listen(server: NetServer, host: string): Promise<Error | null> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(0, host, 511, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
}
