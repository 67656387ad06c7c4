import type { RunConsent } from './startRun.svelte.ts';

/** The command line of a run with what was agreed to: the flags that stand for the ticks and the typed name. */
export function agreedCommandLine(commandLine: string, { force, confirm }: RunConsent): string {
  const name = confirm === null ? [] : ['--confirm', `'${confirm.replaceAll("'", `'\\''`)}'`];
  return [commandLine, ...force.flatMap((refusal) => ['--force', refusal]), ...name].join(' ');
}
