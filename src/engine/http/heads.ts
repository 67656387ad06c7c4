/** How long heads are, where a connection does not tell its requests apart (HTTP/2, before its compression). */
import type { RedirectedRequest } from './redirects.ts';

/** Of name and value in HTTP/1.1: a colon, a space, and the end of the line. */
const aroundHeader = 4;

export function bytesOfHead(headers: Record<string, string | string[]>): number {
  let bytes = 0;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value === 'string') bytes += name.length + value.length + aroundHeader;
    else for (const one of value) bytes += name.length + one.length + aroundHeader;
  }
  return bytes;
}

export function bytesOfRequest({ method, url, headers, body }: RedirectedRequest): number {
  return method.length + url.length + aroundHeader + bytesOfHead(headers) + (body?.byteLength ?? 0);
}
