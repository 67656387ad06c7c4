/** Contents of requests without their secrets: a last look by name, after the engine has taken out the values it knows. */
import type { KeptBody, KeptRequest } from '#contract/requests';
import { maskHeader, masked, namesSecret } from '#contract/secrets';
import { maskText } from './masking.ts';

/**
 * In texts that look like JSON only texts are secrets: numbers (`"max_tokens": 256`) stay, and so does what a stream is
 * made of (`"token": " Hel"` of a chat).
 */
const member = /"((?:[^"\\]|\\.){1,120})"(\s*:\s*)"((?:[^"\\]|\\.)*)"/g;
/** Names of a piece of a streamed answer. */
const piece = /^token$/i;

function maskBody(text: string, streamed: boolean): string {
  if (!/[{[]/.test(text)) return maskText(text);
  return text.replace(member, (whole, name: string, between: string, value: string) => {
    if (value === '' || value.includes(masked)) return whole;
    if (streamed && piece.test(name)) return whole;
    if (namesSecret(name)) return `"${name}"${between}"${masked}"`;
    return value.includes('://') ? `"${name}"${between}"${maskText(value)}"` : whole;
  });
}

function maskKeptBody(body: KeptBody | null, streamed: boolean): KeptBody | null {
  return body === null || body.binary ? body : { ...body, text: maskBody(body.text, streamed) };
}

const maskHeaders = (headers: KeptRequest['requestHeaders']): KeptRequest['requestHeaders'] =>
  headers.map(([name, value]) => [name, maskText(maskHeader(name, value))]);

/** Values of headers, parameters, members and variables that are named like a secret are replaced. */
export function maskKept(kept: KeptRequest): KeptRequest {
  const streamed = kept.messages.length > 0;
  return {
    ...kept,
    url: maskText(kept.url),
    requestHeaders: maskHeaders(kept.requestHeaders),
    requestBody: maskKeptBody(kept.requestBody, false),
    responseHeaders: maskHeaders(kept.responseHeaders),
    responseBody: maskKeptBody(kept.responseBody, streamed),
    messages: kept.messages.map((one) => ({
      ...one,
      text: maskBody(one.text, one.direction === 'received'),
    })),
    message: kept.message === null ? null : maskText(kept.message),
    checks: kept.checks.map((check) =>
      check.found === null
        ? check
        : { ...check, found: namesSecret(check.name) ? masked : maskBody(check.found, false) },
    ),
    extracted: Object.fromEntries(
      Object.entries(kept.extracted).map(([name, value]) => [
        name,
        namesSecret(name) ? masked : maskBody(value, false),
      ]),
    ),
  };
}
