/** Looks for a Python that has what the Locust user files need. */
import { tmpdir } from 'node:os';
import { runChild } from './child.ts';

const probeAtMostMs = 20_000;
/** Debian's Locust is installed for the system's own Python, which need not be the first on the path. */
export const pythons = ['/usr/bin/python3', 'python3', 'python'] as const;

/** Fails unless all three can be imported. Debian's Locust does not know its own version: it says 0.0.0. */
const probeProgram = `
import gevent, locust, websocket
from importlib.metadata import version
names = ("locust", "websocket-client", "gevent")
print(", ".join(f"{name} {version(name)}".replace(" 0.0.0", " of the system") for name in names))
`;

export interface Locust {
  python: string;
  /** Locust and what it stands on, with versions, in words. */
  versions: string;
}

/** Says whether a Python has everything, in words; null: it has not, or there is none. */
export type Probe = (python: string) => Promise<string | null>;

/** There is no usable Locust; the message says how to get one. */
export class LocustMissing extends Error {
  override readonly name = 'LocustMissing';

  constructor(tried: readonly string[]) {
    super(
      `Locust with websocket-client was not found (tried ${tried.join(', ')}): install both with "sudo apt install python3-locust python3-websocket" or "python3 -m pip install locust websocket-client", and try again.`,
    );
  }
}

/** The first Python that has Locust, websocket-client and gevent. Rejects with `LocustMissing`. */
export async function findLocust(
  probe: Probe = importsEverything,
  candidates: readonly string[] = pythons,
): Promise<Locust> {
  for (const python of candidates) {
    const versions = await probe(python);
    if (versions !== null) return { python, versions };
  }
  throw new LocustMissing(candidates);
}

async function importsEverything(python: string): Promise<string | null> {
  const { code, stdout } = await runChild(python, ['-c', probeProgram], {
    cwd: tmpdir(),
    env: process.env,
    atMostMs: probeAtMostMs,
  });
  return code === 0 ? stdout.trim() : null;
}
