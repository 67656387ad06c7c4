import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answering, tokenUntil, type LoopbackServer } from '../../environments/testing.ts';
import { openVault } from '../../secrets/vault.ts';
import { speak } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
let guard: LoopbackServer;
let says: string;
const token = tokenUntil(new Date(Date.now() + 3_600_000));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-cli-environments-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
  says = 'test';
  guard = await answering((_request, response) => response.end(JSON.stringify({ app_env: says })));
});
afterEach(async () => {
  await guard.close();
  rmSync(folder, { recursive: true, force: true });
});

function staging(where: string, more = ''): void {
  mkdirSync(join(where, 'environments'), { recursive: true });
  writeFileSync(
    join(where, 'environments', 'staging.yaml'),
    `version: 1
name: staging
url: ws://127.0.0.1:${guard.port}/?key=hunter2
guard: { url: "http://127.0.0.1:${guard.port}/health", expect: { app_env: test } }
${more}`,
  );
}
const workspace = () => join(folder, 'home', 'workspace');

describe('crosstalk environments', () => {
  it('lists what there is, and makes nothing', async () => {
    const none = await speak(['environments', 'list'], env);
    expect(none).toMatchObject({
      code: 0,
      out: '',
      err: 'There are no environments in the workspace yet.\n',
    });
    expect(existsSync(join(folder, 'home'))).toBe(false);
    staging(workspace(), 'production: true\ntls: { verify: false }\nheaders: { a: "${secret:GONE}" }\n');
    writeFileSync(join(workspace(), 'environments', 'torn.yaml'), 'version: 1\nname: torn\nurls: x\n');
    const { code, out } = await speak(['environments', 'list'], env);
    expect(code).toBe(0);
    expect(out).toContain(`staging  ws://127.0.0.1:${guard.port}/?key=***`);
    expect(out).toContain('· production  · guarded  · certificate not verified  · missing ${secret:GONE}');
    expect(out).toContain('torn.yaml:3:1: unknown key "urls"; did you mean "url"?');
    expect(JSON.parse((await speak(['environments', 'list', '--json'], env)).out)).toMatchObject([
      { name: 'staging', missing: ['${secret:GONE}'] },
      { name: 'torn' },
    ]);
  });

  it('asks whether one is ready, and ends by the answer', async () => {
    staging(workspace(), 'auth: { type: bearer, token: "${secret:TOKEN}" }\n');
    const missing = await speak(['environments', 'check', 'staging'], env);
    expect(missing.code).toBe(2);
    expect(missing.out).toContain('${secret:TOKEN} has no value on this machine.');
    const ready = await speak(['environments', 'check', 'staging'], { ...env, TOKEN: token });
    expect(ready.code).toBe(0);
    expect(ready.out).toContain('says app_env: "test", as it must.');
    expect(ready.out).toContain('The token of target default, auth expires at');
    expect(ready.out + ready.err).not.toMatch(new RegExp(`hunter2|${token}`));
    says = 'production';
    const refused = await speak(['environments', 'check', 'staging', '--json'], { ...env, TOKEN: token });
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.out)).toMatchObject({ name: 'staging', guard: { passed: false, status: 200 } });
    const unknown = await speak(['environments', 'check', 'stagin'], env);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('Error: There is no environment "stagin"; did you mean "staging"?');
  });
});

describe('crosstalk run --env', () => {
  let scenario: string;
  beforeEach(() => {
    scenario = join(folder, 'calls.yaml');
    writeFileSync(
      scenario,
      `version: 1
name: Calls
users:
  - kind: voice
    greeting: ignore
    conversations: [{ name: quick, turns: [{ say: "Hi there, I have a quick question" }] }]
load: { users: 3, duration: 1s }
`,
    );
  });
  const run = (...more: string[]) => speak(['run', scenario, '--workers', '1', '--quiet', ...more], env);

  it(
    'names an environment beside the scenario, whose guard must let it pass',
    { timeout: 60_000 },
    async () => {
      staging(folder);
      says = 'production';
      const refused = await run('--env', 'staging');
      expect(refused.code).toBe(3);
      expect(refused.err).toContain('Error: The guard of "staging" does not let this run pass');
      expect(refused.err).toContain('says app_env: "production", not "test"');
      expect(refused.err).toContain('--force guard runs it all the same.');
      const forced = await run('--env', 'staging', '--force', 'guard');
      // Nobody takes calls there.
      expect(forced.code).toBe(99);
      expect(forced.err).toContain('It is made all the same (--force guard).');
      const unknown = await run('--env', 'stagin');
      expect(unknown.code).toBe(2);
      expect(unknown.err).toContain(
        '--env: environment: there is no environment "stagin"; did you mean "staging"?',
      );
      expect(refused.err + forced.err + forced.out).not.toContain('hunter2');
    },
  );

  it('wants the name of a production environment, and says how', { timeout: 60_000 }, async () => {
    staging(workspace(), 'production: { confirm_above: 2 }\n');
    const refused = await run('--env', 'staging');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain(
      '"staging" is marked as production and 3 calls at once are more than 2: its name must be given; add --confirm staging.',
    );
    expect(refused.err).not.toContain('--force');
    expect((await run('--env', 'staging', '--confirm', 'production')).code).toBe(3);
    expect((await run('--env', 'staging', '--confirm', 'staging')).code).toBe(99);
    expect((await run('--env', 'staging', '--users', '2')).code).toBe(99);
  });

  it(
    'keeps the command line with the run, and reads secrets that were kept',
    { timeout: 60_000 },
    async () => {
      staging(folder, 'headers: { x-key: "${secret:KEPT}" }\n');
      const missing = await run('--env', 'staging');
      expect(missing.code).toBe(2);
      expect(missing.err).toContain(
        'Target default needs ${secret:KEPT}: set the environment variable CROSSTALK_SECRET_KEPT or KEPT',
      );
      const home = join(folder, 'home');
      const vault = openVault({
        file: join(home, 'secrets.json'),
        encryptedFile: join(home, 'secrets.encrypted.json'),
        keyStore: null,
      });
      await vault.set('KEPT', 'hunter3');
      const made = await run(
        '--env',
        'staging',
        '--once',
        '--set',
        'environment.headers.x-other-key=hunter4',
      );
      expect(made.code).toBe(99);
      const [row] = JSON.parse((await speak(['runs', 'list', '--json'], env)).out) as {
        id: string;
        tags: string[];
      }[];
      expect(row?.tags).toEqual(['once']);
      const shown = await speak(['runs', 'show', row?.id ?? '', '--json'], env);
      expect(JSON.parse(shown.out)).toMatchObject({
        origin: {
          commandLine: `crosstalk run ${scenario} --env staging --set 'environment.headers.x-other-key="***"' --once --workers 1`,
        },
        row: { environment: 'staging' },
      });
      expect(shown.out).not.toMatch(/hunter[234]/);
    },
  );
});
