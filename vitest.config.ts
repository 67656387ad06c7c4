import { availableParallelism } from 'node:os';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    // Many tests wait for a real run or a lock: on two cores one file at a time would leave both idle half the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 15_000,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: [
            'src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/unit/**/*.test.ts',
            'test/bench/**/*.test.ts',
            'test/locust/**/*.test.ts',
          ],
          exclude: ['src/renderer/**'],
        },
      },
      {
        extends: true,
        plugins: [svelte()],
        // Svelte's client runtime, so that effects and state behave as they do on screen.
        resolve: { conditions: ['browser'] },
        test: { name: 'renderer', environment: 'node', include: ['src/renderer/**/*.test.ts'] },
      },
    ],
  },
});
