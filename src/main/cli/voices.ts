/** The voices of a command that may have to speak what a scenario has no clip of. */
import { openVoices } from '../audio/voices/open.ts';
import type { Voices } from '../audio/voices/voice.ts';
import { homeFolder, homeIn } from '../home.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { openSettings } from '../settings/settings.ts';
import type { CliContext } from './context.ts';
import { printable } from './terminal/text.ts';

/** Opens the voices for as long as `work` takes. No folder is made. */
export async function withVoices<T>(context: CliContext, work: (voices: Voices) => Promise<T>): Promise<T> {
  const { terminal, env } = context;
  const home = homeIn(homeFolder({ env }));
  const settings = openSettings(home.settings);
  const opened = openVoices({ home, settings, keyStore: null, processes: nodeProcessHost, env });
  try {
    return await work(opened.voices);
  } finally {
    for (const notice of [settings.notice, ...opened.notices()])
      if (notice !== null) terminal.say(`${terminal.sayStyle.yellow('Note:')} ${printable(notice)}`);
    await opened.voices.close();
  }
}
