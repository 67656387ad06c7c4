/** Bytes as they travel in messages of text. */

const stretch = 0x8000;

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += stretch) {
    text += String.fromCharCode(...bytes.subarray(i, i + stretch));
  }
  return btoa(text);
}
