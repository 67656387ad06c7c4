/** What the page may not do, in either door. */
import { expect, test } from './fixtures/app.ts';

test('no inline script runs', async ({ app, problems }) => {
  const ran = await app.evaluate(async () => {
    const refused = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
        once: true,
      });
    });
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    return { directive: await refused, injected: 'injected' in window };
  });
  expect(ran).toEqual({ directive: 'script-src-elem', injected: false });
  expect(problems.splice(0).every((problem) => /policy|Content Security Policy/i.test(problem))).toBe(true);
});

test('the page cannot talk to other origins or embed them', async ({ app, problems }) => {
  const answers = await app.evaluate(async () => {
    const framed = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        if (event.effectiveDirective === 'frame-src') resolve('refused');
      });
    });
    const frame = document.createElement('iframe');
    frame.src = 'http://127.0.0.1:9/';
    document.body.append(frame);
    const fetched = await fetch('http://127.0.0.1:9/').then(
      () => 'answered',
      () => 'refused',
    );
    return { fetched, framed: await framed };
  });
  expect(answers).toEqual({ fetched: 'refused', framed: 'refused' });
  expect(problems.splice(0).length).toBeGreaterThan(0);
});

test('the page has nothing of Node', async ({ app }) => {
  const found = await app.evaluate(() =>
    ['require', 'process', 'Buffer', 'module', 'global'].filter((name) => name in window),
  );
  expect(found).toEqual([]);
});
