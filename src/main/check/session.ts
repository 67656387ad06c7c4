/** The WebSocket itself: the upgrade, and whether the agent takes the protocol's set-up. */
import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import type { ProtocolSession } from '#engine/protocols/adapter';
import { closeCause, shortError, tcpCause, upgradeCause } from './causes.ts';
import type { Destination } from './network.ts';
import { failed, passed, type CheckTarget, type Finding } from './steps.ts';

const keptBody = 300;
const bodyWithinMs = 1000;
/** An agent that refuses the set-up closes at once; one that says nothing within this time is listening. */
const listenForMs = 1500;

/** The first text of an answer's body on one line, without markup. */
async function bodyText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  const timer = setTimeout(() => response.destroy(), bodyWithinMs);
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > keptBody * 10) break;
    }
  } catch {
    // What has come so far is enough for a hint.
  } finally {
    clearTimeout(timer);
  }
  const plain = text
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > keptBody ? `${plain.slice(0, keptBody)}…` : plain;
}

async function refusalFinding(response: IncomingMessage): Promise<Finding> {
  const status = response.statusCode ?? 0;
  const location = response.headers.location;
  const words = [`HTTP ${status}${response.statusMessage ? ` ${response.statusMessage}` : ''}`];
  if (location !== undefined) words.push(`to ${location}`);
  const body = await bodyText(response);
  if (body !== '') words.push(`“${body}”`);
  return failed(words.join(', '), upgradeCause(status));
}

function errorFinding(destination: Destination, error: unknown): Finding {
  const text = shortError(error);
  if (/handshake has timed out/i.test(text)) {
    return failed(
      'no answer',
      'The port accepted the connection but never answered the upgrade: the agent hangs, or this port is not a web server.',
    );
  }
  if (text.startsWith('HPE_') || /^Parse Error/i.test(text)) {
    return failed(
      text,
      'What answers on this port does not speak HTTP: check the port, and whether it wants wss://.',
    );
  }
  if (text === 'ECONNRESET' || /socket hang up/i.test(text)) {
    return failed(
      text,
      'The connection was cut in the middle of the upgrade: the agent crashed, or the port wants TLS (wss://).',
    );
  }
  if (/Sec-WebSocket|subprotocol|Upgrade header/i.test(text)) {
    return failed(
      text,
      'The answer is not a proper WebSocket upgrade: a proxy in between changes it, or this is another kind of server.',
    );
  }
  return failed(text, tcpCause(destination.host, destination.port, error));
}

/** Opens the WebSocket as a call would; an open one is handed to `keep`. */
export function upgrade(
  destination: Destination,
  target: CheckTarget,
  session: ProtocolSession,
  timeoutMs: number,
  keep: (socket: WebSocket) => void,
): Promise<Finding> {
  const { headers, subprotocols } = session.handshake();
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(destination.url, subprotocols, {
        headers: { ...headers, ...target.headers },
        handshakeTimeout: timeoutMs,
        perMessageDeflate: false,
        followRedirects: false,
        rejectUnauthorized: target.tls.verify,
        ...(target.tls.ca === null ? {} : { ca: target.tls.ca }),
      });
    } catch (error) {
      resolve(
        failed(shortError(error), 'A header of the target cannot be sent: check the values under headers.'),
      );
      return;
    }
    socket.on('error', (error) => resolve(errorFinding(destination, error)));
    socket.once('unexpected-response', (request, response) => {
      void refusalFinding(response).then((finding) => {
        request.destroy();
        resolve(finding);
      });
    });
    socket.once('open', () => {
      // What arrives at once must wait for the next step, which listens.
      socket.pause();
      keep(socket);
      resolve(passed(`HTTP 101${socket.protocol === '' ? '' : `, subprotocol ${socket.protocol}`}`));
    });
  });
}

function rawBytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Sends the protocol's set-up and listens for a moment. The socket is closed afterwards, politely. */
export async function setUp(socket: WebSocket, session: ProtocolSession): Promise<Finding> {
  const heard = new Map<string, number>();
  const finding = await new Promise<Finding>((resolve) => {
    const from = process.hrtime.bigint();
    let firstMs: number | null = null;
    const timer = setTimeout(() => {
      const kinds = [...heard].map(([kind, n]) => (n > 1 ? `${n} × ${kind}` : kind)).join(', ');
      const detail =
        kinds === '' ? 'taken; the agent waits for the caller to speak' : `taken; the agent sent ${kinds}`;
      resolve({ ...passed(detail), ms: firstMs });
    }, listenForMs);
    socket.on('message', (data, binary) => {
      firstMs ??= Number(process.hrtime.bigint() - from) / 1e6;
      for (const message of session.receive(rawBytes(data), binary)) {
        heard.set(message.kind, (heard.get(message.kind) ?? 0) + 1);
      }
    });
    socket.once('close', (code, reason) => {
      clearTimeout(timer);
      const said = reason.toString('utf8');
      resolve(failed(`closed with ${code}${said === '' ? '' : ` “${said}”`}`, closeCause(code)));
    });
    for (const message of session.setup()) socket.send(message.bytes, { binary: message.binary });
    socket.resume();
  });
  await hangUp(socket, session);
  return finding;
}

/** Says goodbye and waits a moment for the other side to do the same. */
async function hangUp(socket: WebSocket, session: ProtocolSession): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.terminate(), 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    for (const message of session.farewell()) socket.send(message.bytes, { binary: message.binary });
    socket.close(1000);
  });
}
