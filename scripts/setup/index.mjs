/** Everything that must be true before anything of Crosstalk runs. */
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { withSetupLock } from './lock.mjs';
import { ensureNode } from './node.mjs';
import { SetupError, say } from './run.mjs';

/** Installs and builds what is missing or stale. Resolves with the path of the Node to run things with. */
export function setUp({ build = true } = {}) {
  return withSetupLock(async () => {
    await ensureInstalled();
    const node = await ensureNode();
    if (build) await ensureBuilt(node);
    return node;
  });
}

/** Runs a script's main function and ends the process with the exit code it resolves with. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
    process.exitCode = 1;
  }
}
