/**
 * Whoever started the agent, if anybody did: a Node process (`fork`) or Electron (`utilityProcess`, which gives the
 * child a `process.parentPort` instead of `process.send`).
 */
import { ToPractice, type FromPractice } from '#contract/practice';

export interface Parent {
  send(message: FromPractice): void;
  /** Calls back when it asks the agent to end or is gone itself. */
  onEnd(callback: () => void): void;
}

/** The part of Electron's `parentPort` that is used here. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
}

function isParentPort(value: unknown): value is ParentPort {
  return (
    typeof value === 'object' &&
    value !== null &&
    'postMessage' in value &&
    typeof value.postMessage === 'function' &&
    'on' in value &&
    typeof value.on === 'function'
  );
}

function asksToEnd(message: unknown): boolean {
  return ToPractice.safeParse(message).success;
}

/** null: started by hand. */
export function findParent(): Parent | null {
  const port: unknown = 'parentPort' in process ? process.parentPort : undefined;
  if (isParentPort(port)) {
    return {
      send: (message) => port.postMessage(message),
      onEnd: (callback) => port.on('message', (event) => asksToEnd(event.data) && callback()),
    };
  }
  if (!process.send) return null;
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onEnd(callback) {
      process.on('message', (message) => asksToEnd(message) && callback());
      process.on('disconnect', callback);
    },
  };
}
