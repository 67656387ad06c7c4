/** Frames as a server sends them (RFC 6455 §5): whole and unmasked. */

/** Opcodes in use. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const final = 0x80;
/** A close frame holds at most 125 bytes, two of them the code. */
const longestReason = 123;

function headerSize(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = headerSize(length);
  const bytes = Buffer.allocUnsafe(header + length);
  bytes[0] = final | opcode;
  if (header === 2) bytes[1] = length;
  else if (header === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(bytes, header);
  return bytes;
}

/** A text message, ready to be written (as often as wanted). */
export function textFrame(text: string): Buffer {
  return frame(opcodes.text, Buffer.from(text));
}

export function pingFrame(): Buffer {
  return frame(opcodes.ping, Buffer.alloc(0));
}

/** The answer to a ping with this payload (125 bytes at most). */
export function pongFrame(payload: Buffer): Buffer {
  return frame(opcodes.pong, payload);
}

/** `code` null: a close frame that says nothing. */
export function closeFrame(code: number | null, reason = ''): Buffer {
  if (code === null) return frame(opcodes.close, Buffer.alloc(0));
  const payload = Buffer.alloc(2 + longestReason);
  payload.writeUInt16BE(code, 0);
  const length = payload.write(reason, 2);
  return frame(opcodes.close, payload.subarray(0, 2 + length));
}

/** Whether a peer may close with this code (RFC 6455 §7.4). */
export function mayClose(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
