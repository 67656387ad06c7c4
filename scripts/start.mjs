/** `npm start`: opens the app, or passes a command on to the command line (`npm start -- run scenario.yaml`). */
import { main, setUp } from './setup/index.mjs';
import { fetchElectron, findElectron, noWindowReason } from './setup/electron.mjs';
import { fromRoot, root } from './setup/paths.mjs';
import { become, exitCode, say, withNode } from './setup/run.mjs';

const cli = fromRoot('out/main/cli.js');
const didNotOpenMs = 5000;

async function serve(node, why) {
  say(`The desktop window is not opened: ${why}. Serving the interface in a browser instead.`);
  return exitCode(await become(node, [cli, 'serve'], { env: withNode(node) }));
}

/** The desktop door. Resolves with an exit code, or with why no window came up. */
async function openWindow(binary) {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const started = performance.now();
  const result = await become(binary, [root], { env });
  if (result.error !== null) return { why: result.error.message };
  const atOnce = performance.now() - started < didNotOpenMs;
  if (atOnce && exitCode(result) !== 0 && result.signal !== 'SIGINT' && result.signal !== 'SIGTERM') {
    return { why: 'Electron ended at once (its message stands above)' };
  }
  return { code: exitCode(result) };
}

await main(async () => {
  const node = await setUp();
  const command = process.argv.slice(2);
  if (command.length > 0) return exitCode(await become(node, [cli, ...command], { env: withNode(node) }));

  const noWindow = noWindowReason();
  if (noWindow !== null) return serve(node, noWindow);
  if (findElectron() === null) {
    const why = await fetchElectron(node);
    if (why !== null) return serve(node, `Electron could not be fetched (${why})`);
  }
  const binary = findElectron();
  if (binary === null) return serve(node, 'Electron is not where its installer puts it');
  const opened = await openWindow(binary);
  return opened.why === undefined ? opened.code : serve(node, opened.why);
});
