/** The wire under a protocol, so that a leaner one can take its place. Stamps are milliseconds on the run's clock. */
import type { PlanTarget } from '../plan.ts';

/**
 * The parts of a connect, each by itself; null where there was none (no DNS for an address, no TLS for ws). Through a
 * proxy `dns` and `tcp` are those to the proxy, `tls` and `upgrade` those to the agent behind it; what the proxy takes to
 * open the tunnel, its own TLS included, is in `connect` alone.
 */
export interface ConnectTimings {
  /** Start of TCP connect → open. */
  connect: number;
  dns: number | null;
  tcp: number | null;
  tls: number | null;
  upgrade: number | null;
}

export interface ConnectFailure {
  /** Stable word to count by: refused, dns, tls, http_503, proxy_407, connect_timeout, unreachable, reset, protocol … */
  kind: string;
  message: string;
}

export interface ConnectionListener {
  onOpen(timings: ConnectTimings, at: number): void;
  /** Stamped first thing when the socket hands it over. The bytes are the transport's again when the call returns. */
  onMessage(data: Buffer, binary: boolean, at: number): void;
  onClose(code: number, reason: string, at: number): void;
  /** Instead of `onOpen`: there will be no call. */
  onFailure(failure: ConnectFailure, at: number): void;
}

export interface Connection {
  /** Copies the bytes before it returns. */
  send(bytes: Buffer, binary: boolean): void;
  /** Gets a message ready to go out with `sendStaged`, before anything else is sent or staged here. Copies the bytes before it returns. */
  stage(bytes: Buffer, binary: boolean): void;
  /** Sends what was staged; returns its bytes. Nothing, and 0, when the call has ended meanwhile. */
  sendStaged(): number;
  readonly bufferedBytes: number;
  /** Says goodbye and hangs up; the listener hears nothing more. */
  close(code: number, reason: string): void;
  /** Destroys the socket; a goodbye that was said before still goes out. The listener hears nothing more. */
  terminate(): void;
}

export interface ConnectOptions {
  target: PlanTarget;
  headers: Record<string, string>;
  subprotocols: string[];
  timeoutMs: number;
  listener: ConnectionListener;
}

export type Transport = (options: ConnectOptions) => Connection;
