/**
 * Finds the audio in an `AudioData` message where it lies, without parsing the message: at fifty a second and call that
 * would cost more than everything else. Whatever is not of the usual shape is left to `JSON.parse`; what is found here
 * is what it would have found (shown by a test with messages of every spelling).
 *
 * The usual shape: an object whose members are scalars, except for `audioData`, which is an object of scalars; names in
 * any case, none of the wanted ones twice; strings without escapes; any white space.
 */

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const opening = 0x7b;
const closing = 0x7d;

/** Lower-case letters of a name or a word. */
type Word = readonly number[];
const word = (text: string): Word => Array.from(text, (letter) => letter.charCodeAt(0));
const kindName = word('kind');
const audioName = word('audiodata');
const dataName = word('data');
const silentName = word('silent');
const trueWord = word('true');
const falseWord = word('false');
const nullWord = word('null');

export class AudioMessage {
  /** Where the base64 of the message found last lies. */
  from = 0;
  to = 0;
  silent = false;
  #end = 0;
  #at = 0;
  /** The string read last, without its quotes. */
  #first = 0;
  #last = 0;

  /** Whether the message, `bytes` from `from` to `to`, is audio of the usual shape. */
  find(bytes: Buffer, from: number, to: number): boolean {
    this.#end = to;
    this.#at = from;
    this.silent = false;
    return this.#message(bytes);
  }

  #message(bytes: Buffer): boolean {
    let kind = false;
    let audio = false;
    if (!this.#takes(bytes, opening)) return false;
    do {
      if (!this.#name(bytes)) return false;
      if (this.#is(bytes, kindName)) {
        if (!this.#takes(bytes, colon) || !this.#string(bytes) || !this.#is(bytes, audioName)) return false;
        kind = true;
      } else if (this.#is(bytes, audioName)) {
        if (audio || !this.#takes(bytes, colon) || !this.#audio(bytes)) return false;
        audio = true;
      } else if (!this.#takes(bytes, colon) || !this.#scalar(bytes)) return false;
    } while (this.#takes(bytes, comma));
    return kind && audio && this.#takes(bytes, closing) && this.#peek(bytes) < 0;
  }

  #audio(bytes: Buffer): boolean {
    let data = false;
    let silent = false;
    if (!this.#takes(bytes, opening)) return false;
    do {
      if (!this.#name(bytes)) return false;
      if (this.#is(bytes, dataName)) {
        if (data || !this.#takes(bytes, colon) || !this.#data(bytes)) return false;
        data = true;
      } else if (this.#is(bytes, silentName)) {
        if (silent || !this.#takes(bytes, colon)) return false;
        silent = true;
        this.silent = this.#literal(bytes, trueWord);
        if (!this.silent && !this.#literal(bytes, falseWord)) return false;
      } else if (!this.#takes(bytes, colon) || !this.#scalar(bytes)) return false;
    } while (this.#takes(bytes, comma));
    return data && this.#takes(bytes, closing);
  }

  /** Not looked at more closely: the decoder says whether all of it was base64. */
  #data(bytes: Buffer): boolean {
    if (!this.#takes(bytes, quote)) return false;
    this.from = this.#at;
    this.to = bytes.indexOf(quote, this.#at);
    if (this.to < 0) return false;
    this.#at = this.to + 1;
    return true;
  }

  #scalar(bytes: Buffer): boolean {
    return (
      this.#string(bytes) ||
      this.#literal(bytes, falseWord) ||
      this.#literal(bytes, trueWord) ||
      this.#literal(bytes, nullWord)
    );
  }

  /** A member's name, of ASCII only: others could become a wanted one in lower case. */
  #name(bytes: Buffer): boolean {
    if (!this.#string(bytes)) return false;
    for (let i = this.#first; i < this.#last; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
    return true;
  }

  /** A string without escapes. */
  #string(bytes: Buffer): boolean {
    if (!this.#takes(bytes, quote)) return false;
    this.#first = this.#at;
    for (let i = this.#at; i < this.#end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === quote) {
        this.#last = i;
        this.#at = i + 1;
        return true;
      }
      if (byte === backslash || byte < 0x20) return false;
    }
    return false;
  }

  /** Whether the string read last is this word, in any case. */
  #is(bytes: Buffer, expected: Word): boolean {
    if (this.#last - this.#first !== expected.length) return false;
    for (let i = 0; i < expected.length; i++)
      if (((bytes[this.#first + i] ?? 0) | 0x20) !== expected[i]) return false;
    return true;
  }

  #literal(bytes: Buffer, expected: Word): boolean {
    if (this.#peek(bytes) !== expected[0] || this.#at + expected.length > this.#end) return false;
    for (let i = 0; i < expected.length; i++) if (bytes[this.#at + i] !== expected[i]) return false;
    this.#at += expected.length;
    return true;
  }

  #takes(bytes: Buffer, byte: number): boolean {
    if (this.#peek(bytes) !== byte) return false;
    this.#at++;
    return true;
  }

  /** The next byte that is not white space; −1 at the end. */
  #peek(bytes: Buffer): number {
    for (; this.#at < this.#end; this.#at++) {
      const byte = bytes[this.#at] ?? 0;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    return -1;
  }
}
