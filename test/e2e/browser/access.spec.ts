import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { expect, loaded, test, watch } from '../fixtures/app.ts';

/** A request with headers a browser would not let a page set. */
function ask(port: number, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** What becomes of a WebSocket that is opened with these headers: the status it was refused with, or its close code. */
function connect(port: number, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, { headers });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once('error', () => {});
    socket.once('close', (code) => resolve(code));
  });
}

test('the printed address works once, and leads its token out of sight', async ({
  host,
  browser,
  problems,
}) => {
  const mine = await browser.newContext();
  const page = await mine.newPage();
  await watch(page, problems);
  await page.goto(host.url);
  await loaded(page);
  expect(page.url()).not.toContain('token');
  await page.reload();
  await loaded(page);

  const other = await browser.newContext();
  const answer = await (await other.newPage()).goto(host.url);
  expect(answer?.status()).toBe(401);
  expect(await answer?.text()).toContain('Press Enter in the terminal');
  await mine.close();
  await other.close();
});

test('nothing is served without the cookie', async ({ host }) => {
  const own = `127.0.0.1:${host.port}`;
  expect(await ask(host.port, { Host: own })).toBe(401);
  expect(await ask(host.port, { Host: own, Cookie: `crosstalk_${host.port}=guess` })).toBe(401);
  expect(await connect(host.port, { Host: own, Origin: `http://${own}` })).toBe(1008);
});

test('other hosts and other sites are refused, cookie or not', async ({ host, browser }) => {
  const context = await browser.newContext();
  await (await context.newPage()).goto(host.url);
  const cookies = await context.cookies();
  const [cookie] = cookies;
  expect(cookies).toHaveLength(1);
  expect(cookie).toMatchObject({ name: `crosstalk_${host.port}`, httpOnly: true, sameSite: 'Strict' });
  const Cookie = `${cookie?.name}=${cookie?.value}`;
  const own = `127.0.0.1:${host.port}`;
  expect(await ask(host.port, { Host: own, Cookie })).toBe(200);
  expect(await ask(host.port, { Host: `evil.example:${host.port}`, Cookie })).toBe(403);
  expect(await ask(host.port, { Host: own, Origin: 'http://evil.example', Cookie })).toBe(403);
  expect(await connect(host.port, { Host: own, Origin: 'http://evil.example', Cookie })).toBe(403);
  expect(await connect(host.port, { Host: own, Cookie })).toBe(403);
  await context.close();
});

test('the program ends when asked to', async ({ host }) => {
  test.skip(process.platform === 'win32', 'Windows has no signal that asks');
  expect(await host.stop()).toBe(0);
});
