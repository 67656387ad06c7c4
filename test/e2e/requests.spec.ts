/** A run of http users that is over: what its screens show of its requests. */
import { tabTo } from './fixtures/keys.ts';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { keepRequestRun } from './fixtures/history.ts';
import { ComparePage } from './pages/compare.ts';
import { RequestsPage } from './pages/requests.ts';

test('requests of a run are counted, listed and looked into', async ({ app, home }) => {
  test.setTimeout(120_000);
  const requests = new RequestsPage(app);
  await keepRequestRun(home, 'clients-run');
  await app.getByRole('link', { name: 'clients-run' }).first().click({ timeout: 20_000 });

  await test.step('the overview has what requests have, and nothing of calls', async () => {
    await expect(requests.headline('request')).toContainText('404 ms');
    await expect(requests.headline('request_success')).toContainText('90.0 %');
    await expect(requests.headline('requests_per_second')).toContainText('10/s');
    await expect(requests.headline('ttfa')).toHaveCount(0);
    await expect(requests.tab('Turns')).toHaveCount(0);
    await expect(requests.tab('Calls')).toHaveCount(0);
    await requests.chooseTable('By request');
    await expect(requests.rowOf('get clients')).toContainText('50');
    await expect(requests.total).toContainText('100');
    await expectAccessible(app, 'overview of requests');
    await requests.chooseTable('By period');
    await expect(requests.periodRow('chat')).toContainText('faster');
  });

  await test.step('they are narrowed to what failed, and one is opened by keys', async () => {
    await requests.show('Requests');
    await expect(requests.count).toContainText('100 requests');
    await requests.outcome.selectOption('failed');
    await expect(requests.count).toContainText('10 requests as filtered');
    await requests.rows.first().getByRole('link').focus();
    await expect(requests.rowLinks.and(app.locator('[tabindex="0"]'))).toHaveCount(1);
    await app.keyboard.press('ArrowDown');
    await expect(requests.rowLinks.nth(1)).toBeFocused();
    await app.keyboard.press('Enter');
    await expect(requests.detail.getByTestId('not-kept')).toBeVisible();
    await app.keyboard.press('Escape');
    await expect(requests.detail).toHaveCount(0);
    await expect(requests.rowLinks.nth(1)).toBeFocused();
    await app.keyboard.press('ArrowUp');
    await app.keyboard.press('Enter');
    await expect(requests.detail).toContainText('GET /clients was answered with 503.');
    await tabTo(app, requests.detail.getByRole('button', { name: 'Close the request' }));
    await app.keyboard.press('Escape');
    await expect(requests.detail).toHaveCount(0);
    await expect(requests.rowLinks.first()).toBeFocused();
    await app.keyboard.press('Enter');
    await expect(requests.part('queue')).toContainText('5.0 ms');
    await expect(requests.part('first_byte')).toContainText('70 ms');
    await expect(requests.detail.getByTestId('request-checks')).toContainText('found 503');
    await expect(requests.detail.getByTestId('kept-response')).toContainText('"detail": "busy"');
    await expectAccessible(app, 'a request');
  });

  await test.step('one whose contents were not kept says when they are', async () => {
    await requests.rows.nth(1).getByRole('link').click();
    await expect(requests.detail.getByTestId('not-kept')).toBeVisible();
    await requests.detail.getByRole('button', { name: 'Close the request' }).click();
    await expect(requests.detail).toHaveCount(0);
  });

  await test.step('slower than', async () => {
    await requests.outcome.selectOption('');
    await requests.slower.fill('300');
    await expect(requests.count).toContainText('50 requests as filtered');
  });

  await test.step('the latencies are those of requests', async () => {
    await requests.show('Latency');
    await expect(app.getByTestId('review-metric')).toHaveValue('request');
    await app.getByTestId('review-step').selectOption('chat');
    await expect(app.getByTestId('review-percentiles')).toContainText('Of chat');
    await expectAccessible(app, 'latency of requests');
  });
});

test('periods of a run stand side by side, with another baseline and without one of them', async ({
  app,
  home,
}) => {
  test.setTimeout(120_000);
  const requests = new RequestsPage(app);
  const compare = new ComparePage(app);
  await keepRequestRun(home, 'clients-run');
  await app.getByRole('link', { name: 'clients-run' }).first().click({ timeout: 20_000 });
  await requests.chooseTable('By period');
  await compare.periods.click();

  await test.step('all of them in order, the first the baseline', async () => {
    await expect(compare.runs).toHaveText([/cold.*Baseline/s, /warm.*Improved/s, /after the TTL/]);
    await expect(compare.runs.first()).toContainText('0s – 5s');
    await expect(compare.runs.nth(1)).toContainText('40 requests');
    await expect(compare.sentence.first()).toContainText('500 and 500 requests');
    await expect(compare.difference('request p95').first()).toHaveText(/^−392 ms/);
    await expect(compare.curves.locator('canvas')).toBeVisible();
    await expect(compare.charts).toHaveCount(0);
    await expect(compare.differences).toHaveCount(0);
    await expect(compare.baseline(0)).toHaveCount(0);
    await expectAccessible(app, 'periods side by side');
  });

  await test.step('another baseline, and one taken out, which a reload keeps', async () => {
    await compare.makeFirst(1).click();
    await expect(compare.runs).toHaveText([/warm.*Baseline/s, /cold.*Regressed/s, /after the TTL/]);
    await compare.remove(1).click();
    await expect(compare.runs).toHaveText([/warm/, /after the TTL/]);
    await expect(compare.remove(0)).toBeDisabled();
    await app.reload();
    await loaded(app);
    await expect(compare.runs).toHaveText([/warm/, /after the TTL/]);
    await compare.addPeriod.click();
    await expect(compare.runs).toHaveText([/warm/, /after the TTL/, /cold/]);
    await compare.allPeriods.click();
    await expect(compare.runs).toHaveText([/cold/, /warm/, /after the TTL/]);
  });

  await test.step('a period leads to its requests', async () => {
    await compare.runs.nth(1).getByRole('link', { name: 'warm' }).click();
    await expect(requests.count).toContainText('40 requests as filtered');
  });

  await test.step('what is not there is said in a sentence', async () => {
    await app.evaluate(() => (location.hash = '#/runs/clients-run/periods?period=cold&period=lukewarm'));
    await expect(app.getByTestId('empty-state')).toContainText(
      'Fewer than two of the chosen periods (cold, lukewarm) have requests in this run.',
    );
    await app.evaluate(() => (location.hash = '#/runs/nothing/periods'));
    await expect(app.getByTestId('error-panel')).toContainText('nothing');
  });
});
