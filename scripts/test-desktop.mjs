/** `npm run test:desktop`: the end-to-end tests in the desktop window, where one can be opened. */
import { findElectron, noWindowReason } from './setup/electron.mjs';
import { main, setUp } from './setup/index.mjs';
import { fromRoot } from './setup/paths.mjs';
import { become, exitCode, say, withNode } from './setup/run.mjs';

await main(async () => {
  const node = await setUp();
  const electron = findElectron();
  const why =
    electron === null ? "Electron's binary is not here (npx install-electron fetches it)" : noWindowReason();
  if (why !== null) {
    say(`Desktop tests skipped: ${why}.`);
    return 0;
  }
  const args = [
    fromRoot('node_modules/@playwright/test/cli.js'),
    'test',
    '--project=desktop',
    ...process.argv.slice(2),
  ];
  return exitCode(await become(node, args, { env: { ...withNode(node), CROSSTALK_ELECTRON: electron } }));
});
