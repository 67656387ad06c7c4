/** The report of a run: what the screen says, what it hands on, and the file itself with the network cut. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openHistory } from '../../src/main/history/history.ts';
import { value } from '../../src/main/history/testing.ts';
import { recordRun } from '../../src/main/reports/testingRun.ts';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test, watch } from './fixtures/app.ts';

test.skip(({ door }) => door === 'desktop', 'the window asks the system where a download goes');

async function keepRun(home: string): Promise<void> {
  const history = value(
    await openHistory({ file: join(home, 'crosstalk.db'), recorder: { finalMs: 60_000 } }),
  );
  await recordRun(history);
  value(await history.close());
}

test('the report tab tells the result, downloads files and saves them in the workspace', async ({
  app,
  home,
}) => {
  test.setTimeout(90_000);
  await keepRun(home);
  await app.reload();
  await loaded(app);
  await app.evaluate(() => (location.hash = '#/runs/run-1?tab=report'));
  const tab = app.getByTestId('report-tab');
  await expect(tab.getByTestId('report-gist')).toContainText('Failed');
  await expect(tab.getByRole('table', { name: 'Thresholds' })).toContainText('✕ not met');
  await expectAccessible(app, 'the report tab');

  const downloading = app.waitForEvent('download');
  await tab.getByRole('button', { name: 'Download HTML report' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/_2026-11-21_08-30-12\.html$/);
  const html = readFileSync(await download.path(), 'utf8');
  expect(html).toContain('</html>');

  await tab.getByRole('button', { name: 'Save Every turn in the workspace' }).click();
  await expect(tab.getByTestId('saved-turns_csv')).toContainText('Saved as');
  const exports = join(home, 'workspace', 'exports');
  const [folder = ''] = readdirSync(exports);
  const saved = readdirSync(join(exports, folder));
  expect(saved).toHaveLength(1);
  expect(readFileSync(join(exports, folder, saved[0] ?? ''), 'utf8')).toMatch(/^call_id,turn,/);
});

test('the HTML report needs no network: charts, zoom, print', async ({ app, context, home, problems }) => {
  test.setTimeout(90_000);
  await keepRun(home);
  await app.reload();
  await loaded(app);
  await app.evaluate(() => (location.hash = '#/runs/run-1?tab=report'));
  const downloading = app.waitForEvent('download');
  await app.getByRole('button', { name: 'Download HTML report' }).click();
  const download = await downloading;
  const out = join(home, 'report');
  mkdirSync(out);
  const file = join(out, 'report.html');
  await download.saveAs(file);

  const page = await context.newPage();
  await watch(page, problems);
  const asked: string[] = [];
  await page.route('**', (route) => {
    const url = route.request().url();
    if (url.startsWith('file:')) return route.continue();
    asked.push(url);
    return route.abort();
  });
  await page.goto(pathToFileURL(file).href);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('✕ Failed');
  const charts = page.locator('#charts .chart');
  await expect(charts.first()).toBeVisible();
  expect(await charts.count()).toBeGreaterThanOrEqual(6);
  const inked = await page
    .locator('#charts canvas')
    .first()
    .evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return 0;
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      return data.filter((byte, i) => i % 4 === 3 && byte > 0).length;
    });
  expect(inked).toBeGreaterThan(500);

  const over = page.locator('[data-chart="ttfa"] .u-over');
  const box = await over.boundingBox();
  if (box === null) throw new Error('The chart has no place on the page');
  await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
  await expect(page.locator('[data-chart="calls"] .at')).toContainText('at 00:');
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 5 });
  await page.mouse.up();
  const all = page.getByRole('button', { name: /Show all/ });
  await expect(all).toBeVisible();
  await over.dblclick();
  await expect(all).toBeHidden();

  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveClass(/paper/);
  const widths = await page
    .locator('#charts canvas')
    .evaluateAll((found) => found.map((canvas) => canvas.getBoundingClientRect().right));
  for (const right of widths) expect(right).toBeLessThanOrEqual(720);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
  expect(asked).toEqual([]);
  await page.close();
});
