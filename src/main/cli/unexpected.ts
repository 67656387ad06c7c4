import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { AppErrorSchema } from '#contract/errors';
import { homeFolder } from '../home.ts';

/**
 * Keeps what is known of a bug in a file of its own and says where.
 * @returns the sentence for the operator
 */
export function describeBug(
  thrown: unknown,
  argv: readonly string[],
  env: Record<string, string | undefined>,
): string {
  const said = AppErrorSchema.safeParse(thrown);
  const message =
    thrown instanceof Error ? thrown.message : said.success ? said.data.message : String(thrown);
  const name = `crosstalk-error-${new Date().toISOString().replace(/[:.]/g, '-')}.txt`;
  // Arguments may hold a key (a URL's query), so only the command's name is kept.
  const text = `command: ${argv[0] ?? ''}\nnode: ${process.version} on ${process.platform} ${process.arch}\n\n${inspect(thrown, { depth: 5 })}\n`;
  for (const folder of [join(homeFolder({ env }), 'logs'), tmpdir()]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, name);
      writeFileSync(file, text, { mode: 0o600 });
      return `Something unexpected happened: ${message} (the detail is in ${file}).`;
    } catch {
      // The next folder may do.
    }
  }
  return `Something unexpected happened: ${message} (the detail could not be written to a file).\n${text}`;
}
