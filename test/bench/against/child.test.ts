import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runChild } from './child.ts';

const forever = 'console.log("up"); setInterval(() => undefined, 1000)';
const unbounded = { cwd: tmpdir(), env: process.env, atMostMs: 60_000 };

describe('a child', () => {
  it('tells how it ended and what it said', async () => {
    const program = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const end = await runChild(process.execPath, ['-e', program], unbounded);
    expect(end).toEqual({ code: 3, late: false, stdout: 'out\n', stderr: 'err\n' });
  });

  it('that takes too long is ended', async () => {
    const end = await runChild(process.execPath, ['-e', forever], { ...unbounded, atMostMs: 10 });
    expect(end).toMatchObject({ code: null, late: true });
  });

  it('is ended when aborted', async () => {
    const stop = new AbortController();
    const running = runChild(process.execPath, ['-e', forever], { ...unbounded, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('is not even started when aborted before', async () => {
    const options = { ...unbounded, signal: AbortSignal.abort(new Error('never mind')) };
    await expect(runChild('/nowhere/program', [], options)).rejects.toThrow('never mind');
  });

  it('that cannot start says why', async () => {
    const end = await runChild('/nowhere/program', [], unbounded);
    expect(end.code).toBeNull();
    expect(end.stderr).toContain('ENOENT');
  });
});
