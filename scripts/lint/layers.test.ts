import { describe, expect, it } from 'vitest';
import { refusal } from './layers.js';

describe('layers', () => {
  it.each([
    ['src/contract/run.ts', 'zod'],
    ['src/contract/api/runs.ts', '../run.ts'],
    ['src/engine/worker/entry.ts', 'node:worker_threads'],
    ['src/engine/plan.ts', '#contract/run'],
    ['src/main/cli/entry.ts', '#engine/run'],
    ['src/main/desktop/window.ts', 'electron'],
    ['src/main/history/database/entry.ts', 'better-sqlite3'],
    ['src/report/main.ts', 'uplot'],
    ['src/renderer/app.ts', 'svelte/reactivity'],
    ['src/renderer/icons.ts', '@lucide/svelte/icons/play'],
    ['src/engine/pace.test.ts', '#practice/agent'],
    ['test/e2e/runs.spec.ts', '../../src/main/entries.ts'],
  ])('%s may import %s', (file, specifier) => {
    expect(refusal(file, specifier)).toBeNull();
  });

  it.each([
    ['src/contract/run.ts', 'node:fs'],
    ['src/contract/run.ts', '#engine/plan'],
    ['src/contract/run.ts', '../engine/plan.ts'],
    ['src/engine/plan.ts', '#main/entries'],
    ['src/engine/plan.ts', 'better-sqlite3'],
    ['src/engine/plan.ts', 'electron'],
    ['src/practice/entry.ts', '#engine/plan'],
    ['src/main/runs/service.ts', 'electron'],
    ['src/main/runs/service.ts', 'better-sqlite3'],
    ['src/main/runs/service.ts', '#practice/agent'],
    ['src/main/runs/service.ts', 'left-pad'],
    ['src/renderer/app.ts', '#main/entries'],
    ['src/renderer/app.ts', 'fs'],
    ['src/preload/index.ts', 'zod'],
    ['src/report/main.ts', 'svelte'],
  ])('%s may not import %s', (file, specifier) => {
    expect(refusal(file, specifier)).toMatch(/\S/);
  });
});
