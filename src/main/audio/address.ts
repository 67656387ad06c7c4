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

/** What sounds the same is the same: white space in the words is one space, and a rate that changes nothing is none. */
export function sameSpeech(utterance: Utterance): Utterance {
  const { text, provider, voice, style, rate } = utterance;
  const spoken = text.replaceAll(/\s+/g, ' ').trim();
  if (provider === 'offline') return { text: spoken, provider, voice, style: null, rate: null };
  const unchanged = rate === null || /^\s*(?:[+-]?0(?:\.0+)?%|default|medium)?\s*$/i.test(rate);
  return {
    text: spoken,
    provider,
    voice,
    style: style?.trim() || null,
    rate: unchanged ? null : rate.trim(),
  };
}

/** The utterance of words spoken by a voice of a scenario file. */
export function utteranceOf(text: string, voice: Voice): Utterance {
  const manner = voice.provider === 'azure' ? { style: voice.style, rate: voice.rate } : {};
  const { style = null, rate = null } = manner;
  return sameSpeech({ text, provider: voice.provider, voice: voice.name, style, rate });
}

/** The content address of an utterance: 64 hex digits. */
export function addressOf(utterance: Utterance): string {
  const { text, provider, voice, style, rate } = utterance;
  return createHash('sha256')
    .update(JSON.stringify([provider, voice, style, rate, text]))
    .digest('hex');
}
