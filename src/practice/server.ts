/** The agent's server: refuses or accepts calls, on the loopback interface only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fail, ok, type Result } from '#contract/errors';
import type { PracticeConfig, ServiceUrls } from '#contract/practice';
import { loadSpeech } from './answer/audio.ts';
import { FrameBank } from './answer/frames.ts';
import { Call } from './call.ts';
import { dialects } from './dialects.ts';
import { drawCall, refusal } from './faults.ts';
import { CallerMessages } from './hearing/callerMessage.ts';
import { Outlet } from './outlet.ts';
import { Pacer } from './pacing.ts';
import { SpeechBank } from './services/grpc/speechBank.ts';
import { startGrpcServices } from './services/grpc/server.ts';
import { HttpServices } from './services/http/service.ts';
import { Desk } from './services/request.ts';
import { Session, type Agent } from './session.ts';
import { CallTruth, type TruthLog } from './truth.ts';
import { answerHandshake } from './wire/handshake.ts';

const host = '127.0.0.1';
/** As the real server's: a caller that leaves a ping unanswered for one interval is gone. */
const pingEveryMs = 20_000;
const closingMs = 500;
/** Longer than a client waits between two requests. */
const keepAliveMs = 75_000;

export interface PracticeServerOptions {
  config: PracticeConfig;
  /** 0: any free one. */
  port: number;
  /** Accepts calls, reads and counts, answers nothing. */
  sink: boolean;
  /** Folder of `.pcm` recordings for the answers; null: synthesised. */
  audioFolder: string | null;
  /** Describes the services that are offered over gRPC. */
  protoFile: string;
  log: TruthLog;
}

export interface PracticeServer {
  readonly port: number;
  /** Where calls go; any other path does as well. */
  readonly url: string;
  /** The services around it. */
  readonly services: ServiceUrls;
  /** Ends all calls (1001) and the server, and writes the rest of the log. */
  close(): Promise<void>;
}

/** Starts the agent. Fails when the port cannot be had. */
export async function startPracticeServer(options: PracticeServerOptions): Promise<Result<PracticeServer>> {
  const pacer = new Pacer();
  const desk = new Desk(options.config, pacer, options.log);
  const speech = options.sink ? [] : loadSpeech(options.audioFolder);
  const calls = new Calls(options, pacer, desk, speech);
  const failure = await listen(calls.http, options.port);
  if (failure) {
    const taken = failure.code === 'EADDRINUSE';
    return fail(
      'unavailable',
      taken ? 'port_taken' : 'port_unavailable',
      taken
        ? `Port ${options.port} is taken by another program; choose another one for the practice agent, or 0 for any free one`
        : `The practice agent cannot listen on ${host}:${options.port} (${failure.message}); choose another port, or 0 for any free one`,
    );
  }
  const { port } = calls.http.address() as AddressInfo;
  const grpc = await startGrpcServices(
    host,
    options.protoFile,
    desk,
    new SpeechBank(() => (speech.length > 0 ? speech : loadSpeech(null))),
  );
  if (!grpc.ok) {
    await calls.end();
    return grpc;
  }
  return ok({
    port,
    url: `ws://${host}:${port}/api/v1/media/stream`,
    services: { http: `http://${host}:${port}`, grpc: `grpc://${host}:${grpc.value.port}` },
    async close() {
      await Promise.all([calls.end(), grpc.value.close()]);
      pacer.stop();
      await options.log.close();
    },
  });
}

function listen(server: Server, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, 511, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
}

class Calls {
  readonly http = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) =>
    this.#respond(request, response),
  );
  readonly #services: HttpServices;
  readonly #options: PracticeServerOptions;
  readonly #agent: Agent;
  readonly #accepted = new WeakMap<Duplex, bigint>();
  readonly #open = new Set<Call>();
  readonly #pings: NodeJS.Timeout;
  #allGone: () => void = () => undefined;
  #seen = 0;
  /** Audio frames of calls that are over. */
  #frames = 0;

  constructor(options: PracticeServerOptions, pacer: Pacer, desk: Desk, speech: Int16Array[]) {
    this.#options = options;
    this.#services = new HttpServices(desk);
    const { config, log } = options;
    const dialect = dialects[config.dialect];
    const bank = new FrameBank(speech, dialect, config.sample_rate);
    if (!options.sink) for (const length of [config.greeting_length, config.sentence]) bank.prepare(length);
    const openCalls = () => this.#open.size;
    const messages = new CallerMessages();
    this.#agent = { config, dialect, bank, pacer, messages, log, openCalls };
    this.http.on('connection', (socket) => this.#accepted.set(socket, process.hrtime.bigint()));
    this.http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#pings = setInterval(() => this.#ping(), pingEveryMs).unref();
  }

  /** Ends all calls and requests. */
  async end(): Promise<void> {
    clearInterval(this.#pings);
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    const gone = new Promise<void>((resolve) => (this.#allGone = resolve));
    for (const { connection } of this.#open) connection.close(1001, 'the practice agent is ending');
    if (this.#open.size === 0) this.#allGone();
    this.http.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const { connection } of this.#open) connection.terminate();
      this.http.closeAllConnections();
    }, closingMs);
    await Promise.all([closed, gone]);
    clearTimeout(timer);
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    if (this.#services.take(request, response)) return;
    const path = (request.url ?? '/').split('?')[0];
    const bodies: Record<string, object> = {
      '/health': {
        status: 'ok',
        active_calls: this.#open.size,
        calls: this.#seen,
        frames_received: Array.from(this.#open).reduce((sum, call) => sum + call.truth.frames, this.#frames),
      },
      '/api/v1/media/status': { status: 'available', streaming_mode: 'media' },
    };
    const body = request.method === 'GET' || request.method === 'HEAD' ? bodies[path ?? ''] : undefined;
    response.writeHead(body ? 200 : 426, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { detail: 'this is a WebSocket server; see GET /health' }));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const number = ++this.#seen;
    const { callId, sessionId } = identify(request, number);
    const { config, log } = this.#agent;
    const truth = new CallTruth(callId, this.#accepted.get(socket) ?? process.hrtime.bigint());
    const draws = drawCall(config, number);
    const full = config.faults.capacity > 0 && this.#open.size >= config.faults.capacity;
    const status = full ? 503 : draws.refuse;
    if (status !== null) {
      truth.faults.add(full ? 'capacity' : 'refuse');
      truth.closed = process.hrtime.bigint();
      socket.end(refusal(status, full ? 'no capacity for another call' : 'refused on purpose'));
      log.write(truth.line());
      return;
    }
    const handshake = answerHandshake(request);
    if (!handshake.accepted) {
      socket.end(refusal(handshake.status, handshake.why, handshake.headers));
      return;
    }
    socket.write(handshake.response);
    truth.upgraded = process.hrtime.bigint();
    const call = new Call(socket, truth, this.#agent.pacer, this.#options.sink, () => this.#over(call));
    if (!this.#options.sink) {
      const outlet = new Outlet(call.connection);
      call.session = new Session(this.#agent, { callId, sessionId, number }, draws, truth, outlet);
    }
    this.#open.add(call);
    call.connection.listen(head);
  }

  #over(call: Call): void {
    this.#open.delete(call);
    this.#frames += call.truth.frames;
    this.#agent.log.write(call.truth.line());
    if (this.#open.size === 0) this.#allGone();
  }

  #ping(): void {
    for (const call of this.#open) call.ping();
  }
}

/** Call and session id, found where the real server looks for them. */
function identify(request: IncomingMessage, number: number): { callId: string; sessionId: string } {
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
  const header = (name: string): string | null => {
    const value = request.headers[name];
    return (Array.isArray(value) ? value[0] : value) || null;
  };
  const callId = query.get('call_connection_id') || header('x-ms-call-connection-id') || `practice-${number}`;
  return { callId, sessionId: query.get('session_id') || header('x-session-id') || `media_${callId}` };
}
