/** Finding one of many voices. */
import type { VoiceInfo } from '#contract/api/voices';

export interface VoiceFilter {
  /** Words that must all occur in its name, language or styles. */
  text: string;
  /** Empty: any. */
  locale: string;
  gender: string;
  style: string;
}

export const anyVoice: Readonly<VoiceFilter> = { text: '', locale: '', gender: '', style: '' };

function textOf(voice: VoiceInfo): string {
  return [voice.name, voice.displayName, voice.locale, voice.localeName, voice.gender ?? '', ...voice.styles]
    .join(' ')
    .toLowerCase();
}

/** The voices a filter lets through, in their order. */
export function findVoices(voices: readonly VoiceInfo[], filter: Readonly<VoiceFilter>): VoiceInfo[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return voices.filter(
    (voice) =>
      (filter.locale === '' || voice.locale === filter.locale) &&
      (filter.gender === '' || voice.gender === filter.gender) &&
      (filter.style === '' || voice.styles.includes(filter.style)) &&
      words.every((word) => textOf(voice).includes(word)),
  );
}

/** What can be chosen in the filters: every value that occurs, in order. */
export function voiceChoices(voices: readonly VoiceInfo[]): {
  locales: { locale: string; name: string }[];
  genders: string[];
  styles: string[];
} {
  const locales = new Map(voices.map((voice) => [voice.locale, voice.localeName]));
  const sorted = (values: Iterable<string>) =>
    [...new Set(values)].toSorted((a, b) => a.localeCompare(b, 'en'));
  return {
    locales: [...locales]
      .map(([locale, name]) => ({ locale, name }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
    genders: sorted(voices.flatMap((voice) => voice.gender ?? [])),
    styles: sorted(voices.flatMap((voice) => voice.styles)),
  };
}
