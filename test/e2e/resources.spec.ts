import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/accessible.ts';
import { expect, loaded, test } from './fixtures/app.ts';
import { EnvironmentsPage } from './pages/environments.ts';
import { Frame } from './pages/frame.ts';
import { RunPage } from './pages/run.ts';
import { RunsPage } from './pages/runs.ts';

/** A server of this test on loopback. */
async function serve(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

test('the agent of a practice run is watched: its CPU and memory are drawn live, and are there afterwards', async ({
  app,
}) => {
  test.skip(process.platform !== 'linux', 'elsewhere the commands of the system are slow to answer');
  test.setTimeout(120_000);
  const runs = new RunsPage(app);
  const run = new RunPage(app);
  await runs.practice.click();
  const memory = run.chart('process-bytes');
  const cpu = run.chart('process-cores');
  await expect(memory).toContainText('practice agent', { timeout: 40_000 });
  await expect(cpu).toContainText('practice agent', { timeout: 20_000 });
  // A chart out of sight is not drawn.
  await memory.scrollIntoViewIfNeeded();
  const points = async () => Number(await memory.getAttribute('data-points'));
  const before = await points();
  await expect.poll(points, { timeout: 20_000 }).toBeGreaterThan(before);
  await expect(memory).toContainText('MB');

  await run.stop.click();
  await expect(run.verdict).toHaveText(/Passed|Warning|Failed/, { timeout: 45_000 });
  await app.reload();
  await loaded(app);
  await expect(memory).toContainText('practice agent', { timeout: 20_000 });
  await memory.scrollIntoViewIfNeeded();
  await expect.poll(points).toBeGreaterThan(before);
  await expectAccessible(app, 'a run with resources');
  await app.getByTestId('resources-fold').click();
  await expect(memory).toHaveCount(0);
});

test('what is watched is chosen from the running processes and from what an endpoint offers', async ({
  app,
  home,
}) => {
  const metrics = await serve((_request, response) =>
    response.end('# TYPE queue_depth gauge\nqueue_depth{queue="tts"} 3\nup 1\n'),
  );
  const folder = join(home, 'workspace', 'environments');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'staging.yaml');
  writeFileSync(path, 'version: 1\nname: staging\nurl: ws://127.0.0.1:9/x\n');
  const page = new EnvironmentsPage(app);
  await new Frame(app).goTo('Environments');
  await page.open('staging');

  const fields = app.getByTestId('resource-fields');
  await fields.getByRole('button', { name: 'Choose a running process' }).click();
  const dialog = app.getByTestId('process-dialog');
  await dialog.getByRole('textbox').or(dialog.getByRole('searchbox')).fill('node');
  await expect(dialog.getByRole('list').getByRole('button').first()).toContainText('node');
  await expectAccessible(app, 'the running processes');
  await dialog.getByRole('list').getByRole('button').first().click();
  await expect(dialog).toHaveCount(0);
  await expect(fields.getByRole('group', { name: /^Process / })).toHaveCount(1);

  await fields.getByRole('button', { name: 'Add Prometheus endpoint' }).click();
  const endpoint = fields.getByRole('group', { name: 'Prometheus endpoint server' });
  await endpoint.getByLabel('Prometheus endpoint', { exact: true }).fill(`${metrics.url}/metrics`);
  await endpoint.getByRole('button', { name: 'Look' }).click();
  await endpoint.getByRole('checkbox', { name: /queue_depth/ }).check();
  await expect(endpoint.getByLabel('Series 1')).toHaveValue('queue_depth{queue="tts"}');
  await expectAccessible(app, 'the resources of an environment');
  await expect(page.problems).toHaveCount(0);
  await page.save.click();
  await expect(page.unsaved).toHaveCount(0);
  const written = readFileSync(path, 'utf8');
  expect(written).toContain(`url: ${metrics.url}/metrics`);
  expect(written).toContain('queue_depth{queue="tts"}');

  await metrics.close();
  await endpoint.getByRole('button', { name: 'Look' }).click();
  await expect(endpoint.getByRole('alert')).toContainText('nobody listens there');
});

test('a webhook is set, tried and forgotten, and its address is not shown again', async ({ app, home }) => {
  const heard: string[] = [];
  const hook = await serve((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      heard.push(body);
      response.end('thank you');
    });
  });
  await new Frame(app).goTo('Settings');
  const panel = app.getByTestId('notification-settings');
  const address = panel.getByLabel('Webhook', { exact: true });
  await address.fill('http://somewhere/hook');
  await panel.getByRole('button', { name: 'Set' }).click();
  await expect(panel).toContainText('The webhook must be reached by https://');
  await address.fill(`${hook.url}/hook/abcdef`);
  await address.press('Enter');
  await expect(panel.getByTestId('webhook-shown')).toHaveText(`${hook.url}/***`);
  await panel.getByText('Slack', { exact: true }).click();
  await panel.getByRole('button', { name: 'Send a test message' }).click();
  await expect(panel.getByTestId('webhook-answer')).toContainText('HTTP 200, “thank you”');
  expect(heard).toEqual([expect.stringContaining('"blocks"')]);
  await expectAccessible(app, 'the settings of notifications');
  expect(await app.content()).not.toContain('abcdef');
  expect(readFileSync(join(home, 'settings.json'), 'utf8')).not.toContain('abcdef');

  await hook.close();
  await panel.getByRole('button', { name: 'Send a test message' }).click();
  await expect(panel.getByTestId('webhook-answer')).toContainText('nobody listens there', {
    timeout: 20_000,
  });
  await panel.getByRole('button', { name: 'Forget' }).click();
  await expect(panel.getByTestId('webhook-shown')).toHaveCount(0);
});
