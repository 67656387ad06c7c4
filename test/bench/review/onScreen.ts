/** The same history looked at in a browser: what an operator waits for. */
import { chromium, type Page } from 'playwright';
import { HostProcess } from '../../e2e/fixtures/host.ts';

/** One figure in words. */
export interface ScreenRow {
  what: string;
  /** Every time it was measured, ms. */
  took: number[];
  found: string;
}

const times = 5;
const scrollMs = 4000;
/** Pixels that a quick hand scrolls in one frame. */
const scrollStep = 240;

/** Milliseconds from a change of the place until what it shows is there. */
function opening(page: Page, hash: string, there: string, points: number): Promise<number> {
  return page.evaluate(
    ({ hash: to, there: selector, points: wanted }) =>
      new Promise<number>((resolve) => {
        const from = performance.now();
        location.hash = to;
        const look = () => {
          const found = document.querySelector<HTMLElement>(selector);
          const ready = found !== null && Number(found.dataset.points ?? wanted) >= wanted;
          if (ready) requestAnimationFrame(() => resolve(performance.now() - from));
          else requestAnimationFrame(look);
        };
        look();
      }),
    { hash, there, points },
  );
}

/** How long each frame took while the list is scrolled from its beginning on. */
function scrolling(page: Page): Promise<number[]> {
  return page.evaluate(
    ({ forMs, step }) =>
      new Promise<number[]>((resolve, reject) => {
        const list = document.querySelector('table[aria-label="Runs"]')?.parentElement;
        if (!list) return reject(new Error('The list of runs is not there.'));
        const frames: number[] = [];
        const from = performance.now();
        let last = from;
        list.scrollTop = 0;
        const frame = (now: number) => {
          if (now > last) frames.push(now - last);
          last = now;
          list.scrollTop += step;
          if (list.scrollTop + list.clientHeight >= list.scrollHeight) list.scrollTop = 0;
          if (now - from < forMs) requestAnimationFrame(frame);
          else resolve(frames);
        };
        requestAnimationFrame(frame);
      }),
    { forMs: scrollMs, step: scrollStep },
  );
}

/** Milliseconds from each letter that is typed until the list shows what it leaves. */
function searching(page: Page, text: string): Promise<number[]> {
  return page.evaluate(async (typed) => {
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    if (!field) throw new Error('There is no field to search in.');
    const took: number[] = [];
    for (let length = 1; length <= typed.length; length++) {
      const from = performance.now();
      field.value = typed.slice(0, length);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      took.push(performance.now() - from);
    }
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return took;
  }, text);
}

async function loading(page: Page): Promise<number> {
  const from = performance.now();
  await page.reload();
  await page.locator('[data-testid="run-row"]').first().waitFor();
  return performance.now() - from;
}

/** Measures in Chromium against a host of its own in `folder`. */
export async function measureOnScreen(folder: string, bigRun: string): Promise<ScreenRow[]> {
  const host = await HostProcess.start(folder);
  const browser = await chromium.launch({
    executablePath: process.env.CROSSTALK_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(host.url);
    await page.locator('html[data-app-state="loaded"]').waitFor();
    const loads: number[] = [];
    for (let i = 0; i < times; i++) loads.push(await loading(page));
    const count = (await page.getByRole('status').filter({ hasText: /runs$/ }).textContent()) ?? '';
    const frames = await scrolling(page);
    const letters = await searching(page, 'insurance staging');
    const opened: number[] = [];
    const turned: number[] = [];
    for (let i = 0; i < times; i++) {
      opened.push(await opening(page, `#/runs/${bigRun}`, '[data-testid="chart-ttfa"]', 100));
      turned.push(await opening(page, `#/runs/${bigRun}?tab=turns`, '[data-testid="turn-row"]', 0));
      await opening(page, '#/runs', '[data-testid="run-row"]', 0);
    }
    const late = frames.filter((ms) => ms > 34).length;
    return [
      { what: 'the page anew, until the list is there', took: loads, found: count },
      { what: 'a frame while the list is scrolled', took: frames, found: `${late} longer than 34 ms` },
      { what: 'a letter typed into the search', took: letters, found: `${letters.length} letters` },
      { what: 'the large run, until its charts are drawn', took: opened, found: '' },
      { what: 'its turns, until the first are listed', took: turned, found: '' },
    ];
  } finally {
    await browser.close();
    await host.stop();
  }
}
