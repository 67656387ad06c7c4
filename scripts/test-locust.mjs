/** `npm run test:locust`: a pack by Locust against the practice agent, set beside the agent's record. */
import { main, setUp } from './setup/index.mjs';
import { fromRoot } from './setup/paths.mjs';
import { become, exitCode, withNode } from './setup/run.mjs';

await main(async () => {
  const node = await setUp({ build: false });
  const args = [fromRoot('test/locust/run.ts'), ...process.argv.slice(2)];
  return exitCode(await become(node, args, { env: withNode(node) }));
});
