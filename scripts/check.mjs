/** One part of `npm test` by itself: `node scripts/check.mjs types|lint|format|unit|e2e [arguments of the tool]`. */
import { checks, step } from './setup/checks.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { main, setUp } from './setup/index.mjs';
import { SetupError } from './setup/run.mjs';

const [name, ...args] = process.argv.slice(2);

await main(async () => {
  const node = await setUp({ build: name === 'e2e' });
  const check = checks(node);
  const steps = {
    types: () => step('types', () => check.types()),
    lint: () => step('lint', () => check.lint()),
    format: () => step('format', () => check.format()),
    unit: () => step('unit tests', () => check.unit(args)),
    e2e: async () => {
      const chromium = await ensureChromium(node);
      return step('end-to-end tests', () => check.e2e(chromium, args));
    },
  };
  const chosen = steps[name];
  if (chosen === undefined) throw new SetupError(`Which check? One of ${Object.keys(steps).join(', ')}.`);
  return (await chosen()).failed === 0 ? 0 : 1;
});
