import type { VoiceInfo, VoiceProvider } from '#contract/api/voices';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { azureSpeech } from '../settings/azureSpeech.svelte.ts';

interface VoiceList {
  voices: readonly VoiceInfo[];
  fetchedAt: string | null;
  error: AppError | null;
  loading: boolean;
  loaded: boolean;
}

const nothing: VoiceList = { voices: [], fetchedAt: null, error: null, loading: false, loaded: false };

/** The speakers of each provider, fetched when they are first asked for. */
class VoiceLists {
  #lists: Readonly<Record<VoiceProvider, VoiceList>> = $state.raw({ offline: nothing, azure: nothing });

  constructor() {
    azureSpeech.onChange(() => this.#set('azure', nothing));
  }

  of(provider: VoiceProvider): VoiceList {
    return this.#lists[provider];
  }

  /** A speaker by name; null while it is not known whether there is one. */
  find(provider: VoiceProvider, name: string): VoiceInfo | null {
    return this.#lists[provider].voices.find((voice) => voice.name === name) ?? null;
  }

  /** Fetches a provider's list unless it is here. `refresh`: anew from the provider itself. */
  async load(provider: VoiceProvider, refresh = false): Promise<void> {
    const list = this.#lists[provider];
    if (list.loading || (list.loaded && list.error === null && !refresh)) return;
    this.#set(provider, { ...list, loading: true });
    const answer = await api.voices.list({ provider, refresh });
    const loaded = { loading: false, loaded: true };
    this.#set(
      provider,
      answer.ok
        ? { ...answer.value, error: null, ...loaded }
        : { ...this.#lists[provider], error: answer.error, ...loaded },
    );
  }

  #set(provider: VoiceProvider, list: VoiceList): void {
    this.#lists = { ...this.#lists, [provider]: list };
  }
}

export const voiceLists = new VoiceLists();
