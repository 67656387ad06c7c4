/** A run of http users that is over: what its screens show of its requests. */
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, test } from './fixtures/app.ts';
import { keepRequestRun } from './fixtures/history.ts';
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
    await app.keyboard.press('Enter');
    await expect(requests.detail).toContainText('GET /clients was answered with 503.');
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
