import { createHash } from 'node:crypto';
import type { Voice } from '#contract/scenario/file';

/** Everything that decides how an utterance sounds: two utterances with the same words here are the same clip. */
export interface Utterance {
  text: string;
  provider: 'offline' | 'azure';
  voice: string;
  style: string | null;
  rate: string | null;
}

/** The utterance of words spoken by a voice of a scenario file. */
export function utteranceOf(text: string, voice: Voice): Utterance {
  const spoken = text.replaceAll(/\s+/g, ' ').trim();
  if (voice.provider === 'offline') {
    return { text: spoken, provider: 'offline', voice: voice.name, style: null, rate: null };
  }
  return {
    text: spoken,
    provider: 'azure',
    voice: voice.name,
    style: voice.style ?? null,
    rate: voice.rate ?? null,
  };
}

/** The content address of an utterance: 64 hex digits. */
export function addressOf(utterance: Utterance): string {
  const { text, provider, voice, style, rate } = utterance;
  return createHash('sha256')
    .update(JSON.stringify([provider, voice, style, rate, text]))
    .digest('hex');
}
