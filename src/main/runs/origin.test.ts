import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ciUrl, findOrigin, programVersion } from './origin.ts';

it('names the commit of the folder the scenario lies in', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-origin-'));
  try {
    expect((await findOrigin('cli', folder, null, {})).gitCommit).toBeNull();
    const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    git('init', '-q');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'first');
    const origin = await findOrigin('cli', folder, null, {});
    expect(origin.gitCommit).toBe(git('rev-parse', 'HEAD').trim());
    expect(origin.version).toBe(programVersion());
    expect(origin.version).toMatch(/^\d+\.\d+\.\d+/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.each([
  [
    { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'me/it', GITHUB_RUN_ID: '5' },
    'https://github.com/me/it/actions/runs/5',
  ],
  [{ CI_JOB_URL: 'https://gitlab.com/me/it/-/jobs/5' }, 'https://gitlab.com/me/it/-/jobs/5'],
  [
    {
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/me/',
      SYSTEM_TEAMPROJECT: 'my project',
      BUILD_BUILDID: '5',
    },
    'https://dev.azure.com/me/my%20project/_build/results?buildId=5',
  ],
  [{}, null],
])('finds the CI job in %j', (env, url) => {
  expect(ciUrl(env)).toBe(url);
});
