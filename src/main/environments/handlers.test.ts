import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Publish } from '#contract/api/index';
import type { Result } from '#contract/errors';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { createEnvironmentHandlers, type EnvironmentHandlers } from './handlers.ts';
import { answering, tokenUntil } from './testing.ts';

let workspace: string;
let told: string[];
let made: EnvironmentHandlers;
const env: Record<string, string> = { TOKEN: tokenUntil(new Date(Date.now() + 600_000)) };

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'crosstalk-environments-'));
  told = [];
  const publish: Publish = (domain, name) => void told.push(`${domain}.${String(name)}`);
  made = createEnvironmentHandlers({ workspace: () => workspace, publish, sources: { env, secrets: null } });
});
afterEach(() => {
  made.close();
  rmSync(workspace, { recursive: true, force: true });
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const path = (name: string) => join(workspace, 'environments', `${name}.yaml`);
const yaml = (name: string, more = '') =>
  `version: 1\nname: ${name} # kept\nurl: wss://a.test/?key=hunter2\n${more}`;
const schemaLine = '# yaml-language-server: $schema=../.crosstalk/environment.schema.json\n';
const names = async () => value(await made.handlers.list()).map((entry) => entry.name);

describe('environments of a workspace', () => {
  it('are listed with what matters of them, secrets masked', async () => {
    expect(value(await made.handlers.list())).toEqual([]);
    value(
      await made.handlers.create({
        yaml: yaml(
          'production',
          `description: the real one
production: { confirm_above: 25 }
guard: { url: "http://a.test/\${env:UNSET}", expect: ok }
headers: { a: "\${secret:TOKEN}", b: "\${env:REGION}" }
variables: { REGION: "\${secret:NOWHERE}" }
tls: { verify: false }
`,
        ),
      }),
    );
    expect(value(await made.handlers.list())).toEqual([
      {
        name: 'production',
        path: path('production'),
        description: 'the real one',
        latency: 'live',
        production: { confirmAbove: 25 },
        guarded: true,
        unverified: true,
        targets: [{ name: 'default', url: 'wss://a.test/?key=***', protocol: 'acs' }],
        problems: [],
        missing: ['${env:UNSET}', '${secret:NOWHERE}'],
      },
    ]);
  });

  it('that are not valid are listed with their problems, and can be mended', async () => {
    mkdirSync(join(workspace, 'environments'));
    writeFileSync(path('broken'), 'version: 1\nname: broken\nurls: wss://a.test\n');
    writeFileSync(path('torn'), 'version: [1\n');
    writeFileSync(path('called'), 'version: 1\nname: otherwise\nurl: wss://a.test\n');
    const entries = value(await made.handlers.list());
    expect(entries.map(({ name, problems }) => [name, problems.length > 0])).toEqual([
      ['broken', true],
      ['called', true],
      ['torn', true],
    ]);
    expect(entries[0]?.problems.at(-1)).toMatchObject({
      file: path('broken'),
      line: 3,
      column: 1,
      message: 'unknown key "urls"; did you mean "url"?',
    });
    const read = value(await made.handlers.read({ name: 'torn' }));
    value(await made.handlers.save({ name: 'torn', yaml: yaml('torn'), revision: read.revision }));
    expect(value(await made.handlers.list()).find(({ name }) => name === 'torn')?.problems).toEqual([]);
  });

  it('are checked as text', async () => {
    const { problems } = value(
      await made.handlers.check({ yaml: 'version: 1\nname: practice\nurl: ftp://x\n' }),
    );
    expect(problems.map(({ path: at, line }) => [at, line])).toEqual([
      ['name', 2],
      ['url', 3],
    ]);
    const guard = value(
      await made.handlers.check({
        yaml: yaml('a', 'guard: { url: "http://[", expect: x }\ndescription: "${env:X}"\n'),
      }),
    );
    expect(guard.problems.map(({ path: at }) => at)).toEqual(['guard.url', 'description']);
    expect(value(await made.handlers.check({ yaml: '' })).problems[0]?.message).toContain(
      'the file is empty',
    );
    expect(
      value(await made.handlers.check({ yaml: yaml('a', 'headers: { x: "${env:X}" }\n') })).problems,
    ).toEqual([]);
  });

  it('with several targets are told what is wrong in one of them', async () => {
    const text = 'version: 1\nname: a\ntargets:\n  a: { url: wss://x, auth: { type: token }, hedars: {} }\n';
    const { problems } = value(await made.handlers.check({ yaml: text }));
    expect(problems.map(({ line, path: at, message }) => [line, at, message])).toEqual([
      [4, 'targets.a.auth.type', 'the type of auth must be bearer, basic, header or query'],
      [4, 'targets.a', 'unknown key "hedars"; did you mean "headers"?'],
    ]);
  });

  it('are not made over one another, nor without a name', async () => {
    value(await made.handlers.create({ yaml: yaml('one') }));
    expect(await made.handlers.create({ yaml: yaml('one') })).toMatchObject({
      ok: false,
      error: { kind: 'conflict', code: 'environment_exists' },
    });
    for (const text of ['version: 1\nurl: wss://a\n', yaml('../one'), yaml('practice'), '- no\n', ': :'])
      expect(await made.handlers.create({ yaml: text })).toMatchObject({
        ok: false,
        error: { code: 'invalid_environment' },
      });
    expect(readdirSync(join(workspace, 'environments'))).toEqual(['one.yaml']);
    expect(readdirSync(workspace)).toEqual(['.crosstalk', 'environments']);
  });

  it('begin with the line that tells editors their schema, which lies in the workspace', async () => {
    const { name, revision } = value(await made.handlers.create({ yaml: yaml('one') }));
    expect(value(await made.handlers.read({ name }))).toMatchObject({
      yaml: schemaLine + yaml('one'),
      revision,
    });
    expect(existsSync(join(workspace, 'environments', '../.crosstalk/environment.schema.json'))).toBe(true);
    value(await made.handlers.create({ yaml: schemaLine + yaml('two') }));
    expect(readFileSync(path('two'), 'utf8')).toBe(schemaLine + yaml('two'));
    value(await made.handlers.save({ name: 'two', yaml: yaml('two'), revision: null }));
    expect(readFileSync(path('two'), 'utf8')).toBe(yaml('two'));
  });

  it('are saved only over what was read, and keep what was typed', async () => {
    const { revision } = value(await made.handlers.create({ yaml: yaml('one') }));
    const second = value(await made.handlers.save({ name: 'one', yaml: yaml('one', '# more\n'), revision }));
    expect(await made.handlers.save({ name: 'one', yaml: yaml('one', '# lost\n'), revision })).toMatchObject({
      ok: false,
      error: { kind: 'conflict', code: 'environment_changed' },
    });
    value(
      await made.handlers.save({ name: 'one', yaml: 'version: 1\nname: [\n', revision: second.revision }),
    );
    expect(readFileSync(path('one'), 'utf8')).toBe('version: 1\nname: [\n');
    rmSync(path('one'));
    expect(
      await made.handlers.save({ name: 'one', yaml: yaml('one'), revision: second.revision }),
    ).toMatchObject({
      ok: false,
      error: { code: 'environment_changed' },
    });
    value(await made.handlers.save({ name: 'one', yaml: yaml('one'), revision: null }));
    expect(await names()).toEqual(['one']);
  });

  it('move with their name, and not onto another', async () => {
    const { revision } = value(await made.handlers.create({ yaml: yaml('one') }));
    value(await made.handlers.create({ yaml: yaml('two') }));
    expect(await made.handlers.save({ name: 'one', yaml: yaml('two'), revision })).toMatchObject({
      ok: false,
      error: { code: 'environment_exists' },
    });
    expect(readFileSync(path('one'), 'utf8')).toBe(schemaLine + yaml('one'));
    const moved = value(await made.handlers.save({ name: 'one', yaml: yaml('three'), revision }));
    expect(moved.name).toBe('three');
    expect(await names()).toEqual(['three', 'two']);
  });

  it('are copied under a free name, removed, and brought back', async () => {
    value(await made.handlers.create({ yaml: yaml('one') }));
    expect(value(await made.handlers.duplicate({ name: 'one' })).name).toBe('one-copy');
    expect(value(await made.handlers.duplicate({ name: 'one' })).name).toBe('one-copy-2');
    expect(readFileSync(path('one-copy'), 'utf8')).toBe(schemaLine + yaml('one-copy'));
    const { undo } = value(await made.handlers.remove({ name: 'one' }));
    expect(existsSync(path('one'))).toBe(false);
    value(await made.handlers.create({ yaml: yaml('one', '# another\n') }));
    const back = value(await made.handlers.restore({ undo }));
    expect(back.name).toBe('one-2');
    expect(value(await made.handlers.list()).flatMap(({ problems }) => problems)).toEqual([]);
    expect(readFileSync(path('one-2'), 'utf8')).toBe(schemaLine + yaml('one-2'));
    expect(await made.handlers.restore({ undo })).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    expect(await made.handlers.restore({ undo: '../../x.yaml' })).toMatchObject({ ok: false });
    for (const call of [
      made.handlers.remove,
      made.handlers.read,
      made.handlers.duplicate,
      made.handlers.probe,
    ])
      expect(await call({ name: '../one' })).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });

  it('tell when they change, by whomever', async () => {
    await made.handlers.list();
    value(await made.handlers.create({ yaml: yaml('one') }));
    expect(told).toContain('environments.changed');
    await eventually(async () => {
      told = [];
      writeFileSync(path('foreign'), yaml('foreign', `# ${performance.now()}\n`));
      await eventually(() => expect(told).toContain('environments.changed'));
    });
  });
});

describe('a probe', () => {
  it('asks the guard and looks at tokens, and shows neither', async () => {
    const server = await answering((request, response) =>
      response.end(JSON.stringify({ app_env: request.headers['x-t'] === env.TOKEN ? 'test' : 'none' })),
    );
    try {
      const guard = `guard: { url: "http://127.0.0.1:${server.port}/h", headers: { x-t: "\${secret:TOKEN}" }, expect: { app_env: test } }\n`;
      value(
        await made.handlers.create({
          yaml: yaml('one', `${guard}auth: { type: bearer, token: "\${secret:TOKEN}" }\n`),
        }),
      );
      const probed = value(await made.handlers.probe({ name: 'one' }));
      expect(probed).toMatchObject({
        guard: { passed: true, status: 200 },
        tokens: [{ where: 'target default, auth', expired: false }],
        missing: [],
        warnings: [expect.stringContaining('expires at')],
      });
      expect(JSON.stringify(probed)).not.toContain(env.TOKEN);
    } finally {
      await server.close();
    }
  });

  it('says what keeps it from asking', async () => {
    value(await made.handlers.create({ yaml: yaml('one', 'headers: { a: "${secret:NOWHERE}" }\n') }));
    expect(value(await made.handlers.probe({ name: 'one' }))).toMatchObject({
      guard: null,
      tokens: [],
      missing: ['${secret:NOWHERE}'],
      warnings: [expect.stringContaining('Target default needs ${secret:NOWHERE}')],
    });
  });
});
