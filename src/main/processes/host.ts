/**
 * Starting helper processes differs by door (child_process on the command line and in the browser host,
 * utilityProcess in Electron, where `fork` fails once the RunAsNode fuse is off); everything else asks this interface.
 */
import type { EntryName } from '../entries.ts';

export interface HostedProcess {
  readonly pid: number | undefined;
  send(message: unknown): void;
  /** Messages are unknown until the receiver has parsed them. Returns its own unsubscribe. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Resolves with the exit code (null when killed by a signal) and the last 4 KB of its standard error. */
  readonly exited: Promise<{ code: number | null; stderr: string }>;
  /** Asks it to end; kills it when it has not within two seconds. */
  kill(): Promise<void>;
}

export interface ProcessHost {
  spawn(name: EntryName, args?: string[], options?: { env?: Record<string, string> }): HostedProcess;
}
