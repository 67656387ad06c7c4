/** What the system tells of its processes; see `procfs.ts` (Linux) and `otherSystems.ts`. */

/** A process at one moment. */
export interface ProcessEntry {
  pid: number;
  /** 0: none. */
  parent: number;
  /** As the system calls it: of Linux at most 15 characters. */
  name: string;
  /** Its arguments, split where the system says where; the first is the program. */
  command: readonly string[];
  /** Tells it from an earlier process of the same id. */
  identity: string;
  /** Seconds of CPU it used itself, and those of children that ended; null where the system does not count. */
  cpuS: { own: number; endedChildren: number } | null;
  /** Cores it uses now (1 is one), where the system says so itself. */
  cores: number | null;
  /** Resident memory in bytes. */
  rss: number;
}

/** Who listens on a port. `hidden`: somebody does, but this user may not know who. */
export interface PortListeners {
  pids: number[];
  hidden: boolean;
}

export interface ProcessTable {
  /** Every process at this moment. Never holds the thread for long. */
  all(): Promise<ProcessEntry[]>;
  /** Only this one; null: there is none. */
  one(pid: number): Promise<ProcessEntry | null>;
  /** Memory with what is shared counted by its share (PSS), in bytes; null where it is not told. */
  proportional(pid: number): Promise<number | null>;
  /** Which processes listen on these TCP ports; all ports when left out. */
  listeners(ports?: readonly number[]): Promise<ReadonlyMap<number, PortListeners>>;
}
