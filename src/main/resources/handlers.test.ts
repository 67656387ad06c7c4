import { createServer } from 'node:net';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createResourceHandlers, shownCommand } from './handlers.ts';

const sources = { env: { SCRAPE_KEY: 'abc-secret' }, secrets: null };

describe.runIf(process.platform === 'linux')('the processes of this machine', () => {
  it('are listed with what they use and the ports they listen on, and found by any of it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const handlers = createResourceHandlers({ sources });
      const found = await handlers.processes({ search: String(port) });
      const own = found.ok ? found.value.find(({ pid }) => pid === process.pid) : undefined;
      expect(own).toMatchObject({ pid: process.pid, cpu: null });
      expect(own?.ports).toContain(port);
      expect(own?.memory).toBeGreaterThan(1_000_000);
      const again = await handlers.processes({ search: String(process.pid) });
      const known = again.ok ? again.value.find(({ pid }) => pid === process.pid) : undefined;
      expect(known?.cpu).toBeGreaterThanOrEqual(0);
      expect(await handlers.processes({ search: 'no process is called so' })).toEqual({
        ok: true,
        value: [],
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('what an endpoint offers', () => {
  it('is every series with its labels, type and value now', async () => {
    const heard: (string | undefined)[] = [];
    const server = createHttp((request, response) => {
      heard.push(request.url, String(request.headers['x-key']));
      response.end(
        '# HELP depth How many wait.\n# TYPE depth gauge\ndepth{q="a"} 3\n# TYPE d histogram\nd_bucket{le="+Inf"} NaN\n',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const handlers = createResourceHandlers({ sources });
      const offered = await handlers.offered({
        url: `http://127.0.0.1:${port}/\${env:WHERE}`,
        headers: { 'x-key': '${secret:SCRAPE_KEY}' },
        variables: { WHERE: 'metrics' },
      });
      expect(heard).toEqual(['/metrics', 'abc-secret']);
      expect(offered).toEqual({
        ok: true,
        value: [
          { name: 'depth', labels: '{q="a"}', type: 'gauge', help: 'How many wait.', value: 3 },
          { name: 'd_bucket', labels: '{le="+Inf"}', type: 'histogram', help: '', value: null },
        ],
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('cannot be said of one that does not answer, is no address or has no value', async () => {
    const handlers = createResourceHandlers({ sources });
    const message = async (url: string) => {
      const answer = await handlers.offered({ url, headers: {}, variables: {} });
      return answer.ok ? 'ok' : answer.error.message;
    };
    expect(await message('http://127.0.0.1:1/metrics')).toBe(
      'This endpoint cannot be read: nobody listens there (connection refused).',
    );
    expect(await message('metrics')).toMatch('is not an http:// or https:// URL');
    expect(await message('http://localhost/${env:NOT_SET}')).toMatch('set the environment variable NOT_SET');
  });
});

it('a command line is shown without its secrets', () => {
  const words = ['agent', '--token', 'abc', '--api-key=def', 'http://me:ghi@host/?sig=jkl', '--port', '80'];
  const shown = shownCommand(words);
  expect(shown).not.toMatch(/abc|def|ghi|jkl/);
  expect(shown).toContain('--port 80');
});
