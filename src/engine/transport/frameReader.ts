/**
 * Reads WebSocket frames (RFC 6455 §5.2) out of the bytes of a socket. A message that lies whole in one piece of input is
 * handed on as a view of it, without a copy; only what is torn apart is put together in memory of its own.
 */

/** Hears what comes. Buffers are views that hold only until the call returns. */
export interface FrameListener {
  onMessage(data: Buffer, binary: boolean): void;
  onPing(payload: Buffer): void;
  /** 1005 where the frame named no code. */
  onClose(code: number, reason: string): void;
  /** The bytes are no WebSocket; nothing more is read. `code` is what to close with (RFC 6455 §7.4.1). */
  onBroken(code: number, why: string): void;
}

/** No agent sends messages of this size; a length beyond it is a mistake, or an attack on the memory. */
export const largestMessageBytes = 64 * 1024 * 1024;

const longestHeader = 10;
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const noCode = 1005;
const protocolError = 1002;
const messageTooBig = 1009;

/** Bytes of a header whose second byte is `second`; servers do not mask, so no key follows. */
function headerLength(second: number): number {
  const length = second & 0x7f;
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}

function payloadLength(data: Buffer, at: number): number {
  const length = (data[at + 1] ?? 0) & 0x7f;
  if (length < 126) return length;
  if (length === 126) return ((data[at + 2] ?? 0) << 8) | (data[at + 3] ?? 0);
  return data.readUInt32BE(at + 2) * 2 ** 32 + data.readUInt32BE(at + 6);
}

export class FrameReader {
  readonly #listener: FrameListener;
  /** A frame whose end has not come: its bytes so far, and how many it will have (0: the header is not whole). */
  #torn: Buffer = Buffer.alloc(0);
  #tornBytes = 0;
  #tornWhole = 0;
  /** The parts of a message that comes in several frames. */
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #partsBinary: boolean | null = null;
  #over = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Takes the next bytes in; they may be overwritten afterwards. */
  read(chunk: Buffer): void {
    let at = this.#tornBytes > 0 ? this.#mend(chunk) : 0;
    while (at < chunk.length && !this.#over) {
      const left = chunk.length - at;
      const header = left < 2 ? longestHeader : headerLength(chunk[at + 1] ?? 0);
      const whole = left < header ? 0 : header + payloadLength(chunk, at);
      if (whole > largestMessageBytes) {
        this.#tooBig();
        return;
      }
      if (whole === 0 || left < whole) {
        this.#keep(chunk.subarray(at), whole);
        return;
      }
      this.#frame(chunk, at, header, whole);
      at += whole;
    }
  }

  /** Adds to the torn frame what belongs to it; returns how far the chunk is used up. */
  #mend(chunk: Buffer): number {
    let at = 0;
    while (this.#tornWhole === 0) {
      if (at === chunk.length) return at;
      this.#torn[this.#tornBytes++] = chunk[at++] ?? 0;
      if (this.#tornBytes < 2) continue;
      const header = headerLength(this.#torn[1] ?? 0);
      if (this.#tornBytes < header) continue;
      const whole = header + payloadLength(this.#torn, 0);
      if (whole > largestMessageBytes) {
        this.#tooBig();
        return at;
      }
      this.#keep(this.#torn.subarray(0, this.#tornBytes), whole);
    }
    const part = chunk.subarray(at, at + this.#tornWhole - this.#tornBytes);
    part.copy(this.#torn, this.#tornBytes);
    this.#tornBytes += part.length;
    if (this.#tornBytes === this.#tornWhole) {
      const frame = this.#torn;
      const whole = this.#tornWhole;
      this.#tornBytes = 0;
      this.#tornWhole = 0;
      this.#frame(frame, 0, headerLength(frame[1] ?? 0), whole);
    }
    return at + part.length;
  }

  #keep(bytes: Buffer, whole: number): void {
    const torn = Buffer.allocUnsafe(Math.max(whole, longestHeader));
    bytes.copy(torn);
    this.#torn = torn;
    this.#tornBytes = bytes.length;
    this.#tornWhole = whole;
  }

  #frame(data: Buffer, at: number, header: number, whole: number): void {
    const first = data[at] ?? 0;
    const final = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) return this.#break(protocolError, 'a frame has reserved bits set');
    if (((data[at + 1] ?? 0) & 0x80) !== 0)
      return this.#break(protocolError, 'a frame of the agent is masked');
    const payload = data.subarray(at + header, at + whole);
    if (opcode === opcodes.text || opcode === opcodes.binary) {
      if (this.#partsBinary !== null)
        return this.#break(protocolError, 'a message began before the one before it had ended');
      const binary = opcode === opcodes.binary;
      if (final) this.#listener.onMessage(payload, binary);
      else {
        this.#partsBinary = binary;
        this.#addPart(payload);
      }
      return;
    }
    if (opcode === opcodes.continuation) return this.#continue(payload, final);
    if (!final || payload.length > 125)
      return this.#break(protocolError, 'a control frame is too long or in pieces');
    if (opcode === opcodes.ping) this.#listener.onPing(payload);
    else if (opcode === opcodes.close) this.#close(payload);
    else if (opcode !== opcodes.pong) this.#break(protocolError, `a frame has the unknown opcode ${opcode}`);
  }

  #continue(payload: Buffer, final: boolean): void {
    const binary = this.#partsBinary;
    if (binary === null) return this.#break(protocolError, 'a message goes on that never began');
    if (this.#partsBytes + payload.length > largestMessageBytes) return this.#tooBig();
    this.#addPart(payload);
    if (!final) return;
    const message = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsBytes = 0;
    this.#partsBinary = null;
    this.#listener.onMessage(message, binary);
  }

  #addPart(payload: Buffer): void {
    this.#parts.push(Buffer.from(payload));
    this.#partsBytes += payload.length;
  }

  #close(payload: Buffer): void {
    this.#over = true;
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : noCode;
    this.#listener.onClose(code, payload.toString('utf8', 2));
  }

  #tooBig(): void {
    this.#break(messageTooBig, `a message is larger than ${largestMessageBytes / 1024 ** 2} MB`);
  }

  #break(code: number, why: string): void {
    this.#over = true;
    this.#listener.onBroken(code, why);
  }
}
