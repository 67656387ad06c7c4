import { defineConfig } from '@playwright/test';
import type { Options } from './test/e2e/fixtures/app.ts';

/**
 * The same specs in both doors: `browser` serves the built page to a real Chromium, `desktop` opens the window.
 * One at a time: each starts a program of its own, and some place calls.
 */
export default defineConfig<Options>({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1360, height: 860 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CROSSTALK_CHROMIUM || undefined },
  },
  projects: [
    { name: 'browser', testIgnore: 'desktop/**', use: { door: 'browser' } },
    { name: 'desktop', testIgnore: 'browser/**', use: { door: 'desktop' } },
  ],
});
