/** Choosing another voice, style or rate. */
import type { VoiceProvider } from '#contract/api/voices';
import type { Voice } from './draft.ts';

const offlineNames = ['slt', 'rms', 'awb', 'kal16'] as const;

/** The voice of that name; with Azure it keeps the rate of the voice it takes the place of, not its style, which few voices share. */
export function voiceNamed(provider: VoiceProvider, name: string, before: Voice): Voice {
  if (provider === 'offline') {
    return { provider, name: offlineNames.find((known) => known === name) ?? 'slt' };
  }
  const rate = before.provider === 'azure' ? before.rate : undefined;
  return { provider, name, ...(rate === undefined ? {} : { rate }) };
}

/** The same voice in another style or at another rate; an empty one is left out. Offline voices have neither. */
export function voiceSpoken(voice: Voice, change: { style?: string; rate?: string }): Voice {
  if (voice.provider === 'offline') return voice;
  const style = change.style ?? voice.style ?? '';
  const rate = change.rate ?? voice.rate ?? '';
  return {
    provider: 'azure',
    name: voice.name,
    ...(style === '' ? {} : { style }),
    ...(rate === '' ? {} : { rate }),
  };
}

/** Whether Azure understands it as a speaking rate: `+10%`, `-5.5%`, `1.2`, `slow`; empty is the usual one. */
export function isRate(text: string): boolean {
  return /^$|^[+-]?\d{1,3}(\.\d{1,3})?%?$|^(x-slow|slow|medium|fast|x-fast|default)$/i.test(text);
}
