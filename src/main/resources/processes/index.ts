import { linuxProcesses } from './procfs.ts';
import { otherProcesses } from './otherSystems.ts';
import type { ProcessTable } from './table.ts';

/** The processes of this machine. */
export function machineProcesses(): ProcessTable {
  return process.platform === 'linux' ? linuxProcesses() : otherProcesses();
}
