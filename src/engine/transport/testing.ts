/** A call of the transport with everything it was told, for tests. */
import type { PlanTarget } from '../plan.ts';
import type { Connection, ConnectOptions, ConnectTimings, Transport } from './transport.ts';

export interface Told {
  connection: Connection;
  opened: ConnectTimings[];
  messages: { text: string; binary: boolean }[];
  closed: { code: number; reason: string }[];
  failures: { kind: string; message: string }[];
}

/** Dials `url` and notes what the listener hears. */
export function dialled(
  transport: Transport,
  url: string,
  target: Partial<PlanTarget> = {},
  options: Partial<ConnectOptions> = {},
): Told {
  const told: Omit<Told, 'connection'> = { opened: [], messages: [], closed: [], failures: [] };
  const connection = transport({
    target: { url, shownUrl: url, protocol: 'acs', headers: {}, tls: { verify: true, ca: null }, ...target },
    headers: {},
    subprotocols: [],
    timeoutMs: 5000,
    listener: {
      onOpen: (timings) => told.opened.push(timings),
      onMessage: (data, binary) => told.messages.push({ text: data.toString('utf8'), binary }),
      onClose: (code, reason) => told.closed.push({ code, reason }),
      onFailure: (failure) => told.failures.push(failure),
    },
    ...options,
  });
  return { connection, ...told };
}
