/** `crosstalk audio test-connection`: one word spoken by a provider, and what it is configured with. */
import type { AzureSpeechState, VoiceTest } from '#contract/api/voices';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { formatMs } from '../../reports/quantities.ts';
import { printable } from '../terminal/text.ts';
import type { AudioConnectionOptions } from './audio.options.ts';
import { withStudio } from '../studio.ts';

const secretFrom: Record<NonNullable<AzureSpeechState['secretFrom']>, string> = {
  environment: 'an environment variable',
  os_store: 'the key store of the system',
  file: 'the private file of this machine',
};

function stateLines(state: AzureSpeechState): [name: string, text: string][] {
  const what = state.auth === 'key' ? 'key' : 'Microsoft Entra token';
  const lines: [string, string][] = [
    ['signs in with', state.auth === 'key' ? 'a key' : 'a Microsoft Entra token'],
    [what, state.secretFrom === null ? 'none' : `from ${secretFrom[state.secretFrom]}`],
  ];
  if (state.region !== '' || state.endpoint === '') lines.push(['region', state.region || 'none']);
  if (state.endpoint !== '') lines.push(['endpoint', state.endpoint]);
  if (state.resourceId !== '') lines.push(['resource id', state.resourceId]);
  if (state.tokenExpiresAt !== null) lines.push(['token ends', state.tokenExpiresAt]);
  return lines;
}

function answerText(answer: VoiceTest, context: CliContext): string {
  const { style } = context.terminal;
  const mark = answer.ok ? style.green('✓') : style.red('✕');
  const voices = answer.voices === null ? '' : `, ${answer.voices} voices`;
  const code = answer.ok ? '' : ` (${answer.code})`;
  return `${mark} ${printable(answer.message)}${code}\n  ${style.dim(`took ${formatMs(answer.tookMs)}${voices}`)}\n`;
}

/** Ends with 0 when the provider spoke, otherwise with 1. */
export function testConnection(options: AudioConnectionOptions, context: CliContext): Promise<ExitCode> {
  const { terminal } = context;
  return withStudio(context, async ({ handlers }) => {
    const state = options.provider === 'azure' ? must(await handlers.voices.azure()) : null;
    if (options.json !== true && state !== null) {
      for (const [name, text] of stateLines(state))
        terminal.out(`  ${terminal.style.dim(name.padEnd(22))} ${printable(text)}\n`);
    }
    const answer = must(await handlers.voices.test({ provider: options.provider }));
    if (options.json === true)
      printJson(terminal, { provider: options.provider, configured: state, ...answer });
    else terminal.out(answerText(answer, context));
    return answer.ok ? exitCodes.passed : exitCodes.unexpected;
  });
}
