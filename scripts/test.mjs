/** `npm test`: everything that is checked before a change is done, from nothing. The last line counts. */
import { ensureBuilt } from './setup/build.mjs';
import { checks, step } from './setup/checks.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { main, setUp } from './setup/index.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { SetupError } from './setup/run.mjs';

async function build(node) {
  try {
    await withSetupLock(() => ensureBuilt(node));
    return { passed: 1, failed: 0, output: '' };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { passed: 0, failed: 1, output: error.message };
  }
}

async function endToEnd(node, check) {
  try {
    return await check.e2e(await ensureChromium(node));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { passed: 0, failed: 1, output: error.message };
  }
}

await main(async () => {
  const started = performance.now();
  const node = await setUp({ build: false });
  const check = checks(node);
  const done = [
    await step('types', () => check.types()),
    await step('lint', () => check.lint()),
    await step('format', () => check.format()),
    await step('build', () => build(node)),
    await step('unit tests', () => check.unit()),
  ];
  const built = done[3].failed === 0;
  const skipped = { passed: 0, failed: 1, output: 'The end-to-end tests need a build that works.' };
  done.push(await step('end-to-end tests', () => (built ? endToEnd(node, check) : skipped)));

  const passed = done.reduce((sum, part) => sum + part.passed, 0);
  const failed = done.reduce((sum, part) => sum + part.failed, 0);
  process.stderr.write(`All steps took ${((performance.now() - started) / 1000).toFixed(0)} s.\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});
