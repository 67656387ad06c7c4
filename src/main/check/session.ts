/** The WebSocket itself: the upgrade, and whether the agent takes the protocol's set-up. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, type RawData } from 'ws';
import { maskHeader, maskUrl } from '#contract/secrets';
import type { PlanTarget } from '#engine/plan';
import type { ProtocolSession } from '#engine/protocols/adapter';
import type { Destination } from './address.ts';
import { closeCause, shortError, tcpCause, tlsCause, upgradeCause } from './causes.ts';
import { failed, passed, type Fact, type Finding } from './steps.ts';

const unanswered =
  'The port accepted the connection but never answered the upgrade: the agent hangs, or this port is not a web server.';
const keptBody = 300;
const mostHeaders = 60;
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

/** What a server says of how to identify oneself is no secret, whatever its name. */
const challenges = /^(www|proxy)-authenticate$/i;

/** The headers of an answer, secrets masked. */
function answerFacts(response: IncomingMessage): Fact[] {
  const { rawHeaders, statusCode = 0, statusMessage = '' } = response;
  const facts: Fact[] = [{ name: 'answer', value: `HTTP ${statusCode} ${statusMessage}`.trim() }];
  for (let i = 0; i + 1 < rawHeaders.length && facts.length < mostHeaders; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    const shown = challenges.test(name) ? value : maskHeader(name, value);
    facts.push({ name: name.toLowerCase(), value: /^location$/i.test(name) ? maskUrl(value) : shown });
  }
  return facts;
}

async function refusalFinding(response: IncomingMessage, asked: readonly Fact[]): Promise<Finding> {
  const status = response.statusCode ?? 0;
  const location = response.headers.location;
  const words = [`HTTP ${status}${response.statusMessage ? ` ${response.statusMessage}` : ''}`];
  if (location !== undefined) words.push(`to ${maskUrl(location)}`);
  const facts = [...asked, ...answerFacts(response)];
  const body = await bodyText(response);
  if (body !== '') words.push(`“${body}”`);
  return failed(words.join(', '), upgradeCause(status), facts);
}

function errorFinding(destination: Destination, error: unknown, offered: string): Finding {
  const text = shortError(error);
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
  if (/subprotocol/i.test(text)) {
    return failed(
      text,
      `The server does not agree on a subprotocol${offered === '' ? '' : ` (offered: ${offered})`}: check the subprotocol of the target.`,
    );
  }
  if (/Sec-WebSocket|Upgrade header/i.test(text)) {
    return failed(
      text,
      'The answer is not a proper WebSocket upgrade: a proxy in between changes it, or this is another kind of server.',
    );
  }
  if (/^ERR_SSL|^ERR_TLS/.test(text)) return failed(text, tlsCause(destination.host, text));
  return failed(text, tcpCause(destination.host, destination.port, error));
}

export interface UpgradeGoal {
  destination: Destination;
  target: PlanTarget;
  session: ProtocolSession;
  timeoutMs: number;
}

/** Opens the WebSocket over a connected socket, as a call would; an open one is handed to `keep`. */
export function upgrade(
  line: Socket,
  { destination, session, target, timeoutMs }: UpgradeGoal,
  keep: (socket: WebSocket) => void,
): Promise<Finding> {
  const handshake = session.handshake();
  const subprotocols = target.subprotocol
    ? [target.subprotocol, ...handshake.subprotocols]
    : handshake.subprotocols;
  const offered = subprotocols.join(', ');
  const headers = { ...handshake.headers, ...target.headers };
  // Values may be secrets whatever their name is.
  const asked: Fact[] = [{ name: 'headers sent', value: Object.keys(headers).join(', ') }];
  if (offered !== '') asked.push({ name: 'subprotocols offered', value: offered });
  return new Promise((settle) => {
    let socket: WebSocket;
    const resolve = (finding: Finding) => {
      clearTimeout(timer);
      settle(finding);
    };
    const timer = setTimeout(() => {
      resolve(failed('no answer', unanswered, asked));
      socket.terminate();
    }, timeoutMs);
    try {
      socket = new WebSocket(destination.url, subprotocols, {
        headers,
        perMessageDeflate: false,
        followRedirects: false,
        createConnection: () => line,
      });
    } catch (error) {
      resolve(
        failed(shortError(error), 'A header of the target cannot be sent: check the values under headers.'),
      );
      return;
    }
    let answer: Fact[] = [];
    socket.on('upgrade', (response) => (answer = answerFacts(response)));
    socket.on('error', (error) => {
      const finding = errorFinding(destination, error, offered);
      resolve({ ...finding, facts: [...asked, ...answer] });
    });
    socket.once('unexpected-response', (request, response) => {
      void refusalFinding(response, asked).then((finding) => {
        request.destroy();
        resolve(finding);
      });
    });
    socket.once('open', () => {
      // What arrives at once must wait for the next step, which listens.
      socket.pause();
      keep(socket);
      const chosen = socket.protocol === '' ? '' : `, subprotocol ${socket.protocol}`;
      resolve(passed(`HTTP 101${chosen}`, null, [...asked, ...answer]));
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
      const facts = [...heard].map(([kind, n]): Fact => ({ name: 'received', value: `${n} × ${kind}` }));
      resolve({ ...passed(detail, null, facts), ms: firstMs });
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
