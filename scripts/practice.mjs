/** `npm run practice`: the practice run in the terminal. */
import { main, setUp } from './setup/index.mjs';
import { fromRoot } from './setup/paths.mjs';
import { become, exitCode, withNode } from './setup/run.mjs';

await main(async () => {
  const node = await setUp();
  const args = [
    fromRoot('out/main/cli.js'),
    'run',
    fromRoot('resources/scenarios/practice.yaml'),
    ...process.argv.slice(2),
  ];
  return exitCode(await become(node, args, { env: withNode(node) }));
});
