/** The browser door's wire format: JSON text over one WebSocket. */
import type { AppError, Result } from '#contract/errors';

/** What the server sends: the answer to a call, or an event. */
export type ServerMessage =
  | { type: 'answer'; id: number; result: Result<unknown> }
  | { type: 'event'; channel: string; payload: unknown };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAppError(value: unknown): value is AppError {
  return (
    isRecord(value) &&
    typeof value.kind === 'string' &&
    typeof value.code === 'string' &&
    typeof value.message === 'string'
  );
}

/** Reads a message of the server; null when it is not one. Payloads were checked by the application before it sent them. */
export function parseServerMessage(text: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  if (typeof value.event === 'string') return { type: 'event', channel: value.event, payload: value.payload };
  if (typeof value.id !== 'number' || !isRecord(value.result)) return null;
  const { ok, error } = value.result;
  if (ok === true) return { type: 'answer', id: value.id, result: { ok, value: value.result.value } };
  if (ok === false && isAppError(error)) return { type: 'answer', id: value.id, result: { ok, error } };
  return null;
}

/** The text of a call. */
export function formatCall(id: number, channel: string, input: unknown): string {
  return JSON.stringify({ id, channel, input });
}
