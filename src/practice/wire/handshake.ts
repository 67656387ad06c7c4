/** The opening handshake of a WebSocket from the server's side (RFC 6455 §4.2). No extension is ever agreed on. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const protocolId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes as base64. */
const validKey = /^[+/0-9A-Za-z]{22}==$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export type Handshake =
  /** `response` is the whole 101 response. */
  | { accepted: true; response: string }
  /** Not a WebSocket's opening; the status it is to be refused with. */
  | { accepted: false; status: number; why: string; headers: string };

function refuse(status: number, why: string, headers = ''): Handshake {
  return { accepted: false, status, why, headers };
}

/** Judges an upgrade request. Of the subprotocols offered, the first is agreed on. */
export function answerHandshake({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): Handshake {
  const key = headers['sec-websocket-key'];
  const version = Number(headers['sec-websocket-version']);
  if (method !== 'GET') return refuse(405, 'a WebSocket is opened with GET', 'Allow: GET\r\n');
  if (headers.upgrade?.toLowerCase() !== 'websocket')
    return refuse(400, 'the Upgrade header must be "websocket"');
  if (key === undefined || !validKey.test(key))
    return refuse(400, 'the Sec-WebSocket-Key header must hold 16 bytes as base64');
  if (version !== 13 && version !== 8)
    return refuse(
      400,
      'the Sec-WebSocket-Version header must be 13 or 8',
      'Sec-WebSocket-Version: 13, 8\r\n',
    );
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  if (!offered.every((name) => token.test(name)))
    return refuse(400, 'the Sec-WebSocket-Protocol header must be a list of names');
  const subprotocol = offered[0] === undefined ? '' : `Sec-WebSocket-Protocol: ${offered[0]}\r\n`;
  const accept = createHash('sha1')
    .update(key + protocolId)
    .digest('base64');
  return {
    accepted: true,
    response:
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n${subprotocol}\r\n`,
  };
}
