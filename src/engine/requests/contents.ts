/** Request and answer as they are kept: beginnings of bodies as text, secrets masked. */
import { isUtf8 } from 'node:buffer';
import type { KeptBody, KeptRequest } from '#contract/requests';
import type { KeptRow } from '../messages.ts';
import { HttpAnswer, RpcAnswer } from './answer.ts';
import type { FilledRequest } from './httpSteps.ts';
import type { Ended } from './keeping.ts';
import { secretsSent, type Masking } from './masking.ts';
import { asText } from './templates.ts';

const mostBytes = 64 * 1024;
const mostMessages = 200;
const longestMessage = 8192;

interface BodyKind {
  contentType: string;
  ofTokens: boolean;
}

/** The beginning of a text that a character may have been cut off from. */
function beginning(bytes: Uint8Array): { bytes: Uint8Array; whole: boolean } {
  if (bytes.byteLength <= mostBytes) return { bytes, whole: true };
  let end = mostBytes;
  while (end > mostBytes - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return { bytes: bytes.subarray(0, end), whole: false };
}

function bodyOf(
  body: Uint8Array | null,
  { contentType, ofTokens }: BodyKind,
  masking: Masking,
): KeptBody | null {
  if (body === null || body.byteLength === 0) return null;
  const { bytes, whole } = beginning(body);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const binary = !isUtf8(buffer) || buffer.includes(0);
  const text = binary
    ? buffer.toString('base64')
    : masking.body(buffer.toString('utf8'), contentType, ofTokens);
  return { text, bytes: body.byteLength, whole, binary };
}

type Head = [string, string][];

function headOf(headers: Record<string, string | string[]>, masking: Masking): Head {
  return Object.entries(headers).flatMap(([name, value]): Head =>
    [value].flat().map((one) => [name, masking.value(name, one)]),
  );
}

function typeIn(headers: Record<string, string | string[]>): string {
  return String(headers['content-type'] ?? '');
}

type Sides = Pick<
  KeptRequest,
  | 'method'
  | 'url'
  | 'httpVersion'
  | 'requestHeaders'
  | 'requestBody'
  | 'responseHeaders'
  | 'responseBody'
  | 'messages'
>;

function httpSides({ step, request, answer }: Ended, masking: Masking): Sides {
  const plan = step.http?.plan;
  const outcome = answer instanceof HttpAnswer ? answer.outcome : null;
  const ofTokens = plan?.stream != null;
  const headers = request?.headers ?? {};
  const answered = outcome?.headers ?? {};
  return {
    method: plan?.method ?? '',
    url: masking.url(request?.url ?? plan?.address ?? ''),
    httpVersion: outcome?.httpVersion ?? null,
    requestHeaders: headOf(headers, masking),
    requestBody: bodyOf(request?.body ?? null, { contentType: typeIn(headers), ofTokens: false }, masking),
    responseHeaders: headOf(answered, masking),
    responseBody: bodyOf(outcome?.body ?? null, { contentType: typeIn(answered), ofTokens }, masking),
    messages: (outcome?.messages ?? []).slice(0, mostMessages).map(({ at, text, bytes }) => ({
      at,
      direction: 'received',
      text: masking.body(text.slice(0, longestMessage), 'application/json', ofTokens),
      bytes,
    })),
  };
}

const json = { contentType: 'application/json', ofTokens: true };

function rpcSides({ step, call, answer }: Ended, masking: Masking): Sides {
  const outcome = answer instanceof RpcAnswer ? answer.outcome : null;
  const sent = call?.messages ?? [];
  const received = outcome?.message ?? null;
  return {
    method: 'POST',
    url: masking.url(`/${step.rpc?.plan.rpc ?? ''}`),
    httpVersion: '2',
    requestHeaders: headOf(call?.metadata ?? {}, masking),
    requestBody: bodyOf(sent.length === 0 ? null : Buffer.from(sent.map(asText).join('\n')), json, masking),
    responseHeaders: headOf(outcome?.metadata ?? {}, masking),
    responseBody: bodyOf(received === null ? null : Buffer.from(asText(received)), json, masking),
    messages: (outcome?.messages ?? []).slice(0, mostMessages).map((message) => ({
      ...message,
      text: masking.body(message.text.slice(0, longestMessage), 'application/json', true),
    })),
  };
}

function sentBy({ url, headers, body }: FilledRequest): string[] {
  const bytes = body === null ? null : beginning(body).bytes;
  const text = bytes !== null && isUtf8(bytes) ? new TextDecoder().decode(bytes) : '';
  return secretsSent({ url, headers, body: text });
}

/** All of a request but its record. */
export function contentsOf(ended: Ended, why: KeptRequest['why'], known: Masking): KeptRow['kept'] {
  const { step, verdict, answer, scope, request } = ended;
  const masking = known.with([...scope.secrets(), ...(request === null ? [] : sentBy(request))]);
  const sides = step.http === null ? rpcSides(ended, masking) : httpSides(ended, masking);
  const ok = verdict.outcome === 'ok';
  return {
    why,
    ...sides,
    message: verdict.message === null ? null : masking.text(verdict.message),
    checks: verdict.checks.map((passed, i) => {
      const check = step.checks[i];
      const found = check?.found(answer) ?? null;
      return {
        name: masking.text(check?.name ?? ''),
        ok: passed,
        found: found === null ? null : masking.value(check?.subject ?? '', found),
      };
    }),
    extracted: Object.fromEntries(
      (ok ? step.extracts : []).map(({ name, place }) => [
        name,
        masking.value(place, masking.value(name, asText(scope.taken.get(name) ?? null))),
      ]),
    ),
  };
}
