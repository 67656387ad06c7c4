/** The steps of `npm test`: each runs quietly, shows its time, and its output when it failed. */
import { mkdirSync, rmSync } from 'node:fs';
import { fromRoot, readJson } from './paths.mjs';
import { capture, say, withNode } from './run.mjs';

const tool = (path) => fromRoot('node_modules', path);
const results = fromRoot('.cache', 'results');
const layers = ['contract', 'engine', 'practice', 'main', 'preload', 'report', 'renderer', 'test'];

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Runs tasks at most two at a time; resolves with their results in order. */
async function twoAtATime(tasks) {
  const answers = new Array(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length) {
      const index = next++;
      answers[index] = await tasks[index]();
    }
  };
  await Promise.all([lane(), lane()]);
  return answers;
}

/** Runs one step and prints its line. `work` resolves with `{passed, failed, output, note?}`. */
export async function step(name, work) {
  const started = performance.now();
  const { passed, failed, output, note } = await work();
  if (failed > 0) say(output.trimEnd());
  const counts = note ?? (failed > 0 ? `${failed} failed` : passed > 1 ? `${passed} passed` : 'ok');
  say(
    `${failed > 0 ? '✗' : '✓'} ${name.padEnd(18)} ${seconds(performance.now() - started).padStart(8)}  ${counts}`,
  );
  return { passed, failed };
}

const asOne = (answers) => {
  const bad = answers.filter(({ code }) => code !== 0);
  return {
    passed: bad.length === 0 ? 1 : 0,
    failed: bad.length === 0 ? 0 : 1,
    output: bad.map(({ output }) => output).join('\n'),
  };
};

/** The checks with the given Node; each resolves with `{passed, failed, output}`. */
export function checks(node) {
  const env = withNode(node, { ...process.env, NO_COLOR: '1', CI: process.env.CI ?? '1' });
  delete env.FORCE_COLOR;
  const call = (script, args, more = {}) =>
    capture(node, [tool(script), ...args], { env: { ...env, ...more } });
  mkdirSync(results, { recursive: true });

  return {
    /** All layers and the Svelte components count as one. */
    async types() {
      const tasks = [
        () =>
          call('svelte-check/bin/svelte-check', [
            '--tsconfig',
            './tsconfig.renderer.json',
            '--output',
            'human',
            '--threshold',
            'error',
          ]),
        ...layers.map((layer) => () => call('typescript/bin/tsc', ['-p', `tsconfig.${layer}.json`])),
      ];
      return asOne(await twoAtATime(tasks));
    },
    async lint() {
      return asOne([await call('eslint/bin/eslint.js', ['.', '--max-warnings', '0'])]);
    },
    async format() {
      return asOne([await call('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])]);
    },
    async unit(args = []) {
      const report = fromRoot('.cache', 'results', 'unit.json');
      rmSync(report, { force: true });
      const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
      const { code, output } = await call('vitest/vitest.mjs', ['run', ...reporters, ...args]);
      const found = readJson(report);
      const failed = found?.numFailedTests ?? 0;
      // A file that does not even load has no tests to fail.
      return {
        passed: found?.numPassedTests ?? 0,
        failed: code === 0 ? failed : Math.max(1, failed),
        output,
      };
    },
    async e2e(chromium, args = []) {
      const report = fromRoot('.cache', 'results', 'e2e.json');
      rmSync(report, { force: true });
      const more = { CROSSTALK_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
      const { code, output } = await call(
        '@playwright/test/cli.js',
        ['test', '--project=browser', '--reporter=line,json', ...args],
        more,
      );
      const stats = readJson(report)?.stats;
      const failed = stats?.unexpected ?? 0;
      const passed = (stats?.expected ?? 0) + (stats?.flaky ?? 0);
      return { passed, failed: code === 0 && passed > 0 ? failed : Math.max(1, failed), output };
    },
  };
}
