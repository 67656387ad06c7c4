/** The voices as the operator set them up, put together for a door. */
import type { CrosstalkHome } from '../../home.ts';
import type { ProcessHost } from '../../processes/host.ts';
import { openSecretStore, type KeyStore } from '../../secrets/secretStore.ts';
import type { SettingsStore } from '../../settings/settings.ts';
import { createAzureSpeech, type AzureSpeech } from './azure/azureSpeech.ts';
import type { Voices } from './voice.ts';
import { createVoices } from './voices.ts';

export interface OpenVoicesOptions {
  home: Pick<CrosstalkHome, 'secrets' | 'encryptedSecrets' | 'azureVoices'>;
  settings: SettingsStore;
  keyStore: KeyStore | null;
  processes: ProcessHost;
  /** Whose `AZURE_SPEECH_…` win over what was typed in. */
  env: Record<string, string | undefined>;
}

export interface OpenedVoices {
  /** Closing it closes Azure Speech too. */
  voices: Voices;
  azure: AzureSpeech;
  /** What the operator should know about kept secrets, at this moment. */
  notices(): readonly string[];
}

/** Nothing is read, started or contacted before something is to be spoken. */
export function openVoices({ home, settings, keyStore, processes, env }: OpenVoicesOptions): OpenedVoices {
  const secrets = openSecretStore({ file: home.secrets, encryptedFile: home.encryptedSecrets, keyStore });
  const azure = createAzureSpeech({ settings, secrets, env, voicesFile: home.azureVoices });
  return {
    azure,
    voices: createVoices({ processes, azure }),
    notices: () => (secrets.notice === null ? [] : [secrets.notice]),
  };
}
