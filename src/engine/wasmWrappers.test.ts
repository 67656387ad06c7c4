import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('is a setting this V8 knows', async () => {
  const file = new URL('./wasmWrappers.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(file)}).then(({ keepWasmWrappers }) => keepWasmWrappers())`;
  // V8 names a flag it does not know on standard error and goes on.
  const { stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', script]);
  expect(stderr).toBe('');
});
