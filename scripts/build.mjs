/** `npm run build`: builds `out/` anew. */
import { ensureBuilt } from './setup/build.mjs';
import { main, setUp } from './setup/index.mjs';

await main(async () => {
  const node = await setUp({ build: false });
  await ensureBuilt(node, { force: true });
  return 0;
});
