/** The opening handshake as text: what is asked (RFC 6455 §4.1) and whether the answer is one to it (§4.2.2). */
import { createHash, randomBytes } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ConnectFailure } from './transport.ts';
import { statusFailure } from './failure.ts';

/** RFC 6455 §1.3. */
const acceptGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** What the handshake says of itself; a scenario's headers do not replace these. */
const reserved = ['connection', 'upgrade', 'sec-websocket-key', 'sec-websocket-version'];
/** Far beyond what any server answers; Node's own limit is 16 KB. */
export const longestAnswerBytes = 64 * 1024;

export interface UpgradeRequest {
  text: string;
  /** What the answer must carry in Sec-WebSocket-Accept. */
  accept: string;
}

/** The request for `url`. Throws a `TypeError` when a header cannot be sent. */
export function upgradeRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  subprotocols: readonly string[],
): UpgradeRequest {
  const key = randomBytes(16).toString('base64');
  const lines = new Map<string, string>([['host', url.host]]);
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    lines.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  }
  if (subprotocols.length > 0) lines.set('sec-websocket-protocol', subprotocols.join(','));
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (!reserved.includes(name.toLowerCase())) lines.set(name.toLowerCase(), value);
  }
  lines.set('upgrade', 'websocket');
  lines.set('connection', 'Upgrade');
  lines.set('sec-websocket-key', key);
  lines.set('sec-websocket-version', '13');
  const head = Array.from(lines, ([name, value]) => `${canonical(name)}: ${value}\r\n`).join('');
  return {
    text: `GET ${url.pathname}${url.search} HTTP/1.1\r\n${head}\r\n`,
    accept: createHash('sha1').update(`${key}${acceptGuid}`).digest('base64'),
  };
}

/** The customary capitals: some servers of the field compare names by letter. */
function canonical(name: string): string {
  return name
    .split('-')
    .map((part) => (part === 'websocket' ? 'WebSocket' : `${part.charAt(0).toUpperCase()}${part.slice(1)}`))
    .join('-');
}

/** Why the answer (its head, as latin1 text without the empty line) opens no call; null: it does. */
export function upgradeFailure(
  head: string,
  accept: string,
  subprotocols: readonly string[],
): ConnectFailure | null {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return protocolFailure('what listens at this address does not speak HTTP');
  if (status !== '101') return statusFailure(Number(status));
  const answer = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) answer.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  if (answer.get('upgrade')?.toLowerCase() !== 'websocket')
    return protocolFailure('the answer to the upgrade does not name WebSocket');
  if (answer.get('sec-websocket-accept') !== accept)
    return protocolFailure('the answer to the upgrade does not fit the request (Sec-WebSocket-Accept)');
  if (answer.has('sec-websocket-extensions'))
    return protocolFailure('the agent uses an extension that was not offered');
  const chosen = answer.get('sec-websocket-protocol');
  if (chosen !== undefined && !subprotocols.includes(chosen))
    return protocolFailure(
      `the agent chose the subprotocol ${JSON.stringify(chosen)}, which was not offered`,
    );
  if (chosen === undefined && subprotocols.length > 0)
    return protocolFailure(`the agent accepts none of the subprotocols offered (${subprotocols.join(', ')})`);
  return null;
}

function protocolFailure(message: string): ConnectFailure {
  return { kind: 'protocol', message };
}
