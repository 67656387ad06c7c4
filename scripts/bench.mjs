/** `npm run bench:truth` and its like: runs `test/bench/<name>.ts` with the right Node, after the set-up. */
import { existsSync } from 'node:fs';
import { main, setUp } from './setup/index.mjs';
import { fromRoot } from './setup/paths.mjs';
import { SetupError, become, exitCode, withNode } from './setup/run.mjs';

const [name = '', ...args] = process.argv.slice(2);

await main(async () => {
  const file = fromRoot('test', 'bench', `${name}.ts`);
  if (!/^[a-z-]+(\/[a-z-]+)?$/.test(name) || !existsSync(file))
    throw new SetupError(`There is no benchmark ${name} in test/bench.`);
  const node = await setUp();
  return exitCode(await become(node, [file, ...args], { env: withNode(node) }));
});
