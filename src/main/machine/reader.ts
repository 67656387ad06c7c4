/** How the machine is asked about itself: files, commands and what Node knows. A test gives the answers of any system. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';

export interface MachineReader {
  readonly platform: NodeJS.Platform;
  /** Cores this process may use. */
  cores(): number;
  cpuModel(): string;
  /** Bytes. `constrained` is what a container may have, or null. */
  memory(): { total: number; free: number; constrained: number | null };
  /** Text of a file; null when it cannot be read. */
  file(path: string): string | null;
  /** Standard output of a command; null when it fails or takes too long. */
  command(name: string, args: string[]): Promise<string | null>;
}

const commandMs = 2000;

/** This machine. */
export const thisMachine: MachineReader = {
  platform: process.platform,
  cores: availableParallelism,
  cpuModel: () => cpus()[0]?.model.trim() ?? 'unknown',
  memory() {
    const total = totalmem();
    const constrained = process.constrainedMemory();
    return {
      total,
      free: freemem(),
      constrained: constrained > 0 && constrained < total ? constrained : null,
    };
  },
  file(path) {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return null;
    }
  },
  command: (name, args) =>
    new Promise((resolve) => {
      execFile(name, args, { timeout: commandMs, windowsHide: true }, (error, stdout) =>
        resolve(error === null ? stdout : null),
      );
    }),
};
