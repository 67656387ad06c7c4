/** The speakers of the offline voice, as a list shows them. */
import type { VoiceInfo } from '#contract/api/voices';
import type { OfflineVoiceRequest } from './messages.ts';
import { offlineVoices } from './messages.ts';

type Speaker = Pick<VoiceInfo, 'displayName' | 'locale' | 'localeName' | 'gender'>;

const speakers: Record<OfflineVoiceRequest['voice'], Speaker> = {
  slt: { displayName: 'SLT', locale: 'en-US', localeName: 'English (United States)', gender: 'female' },
  rms: { displayName: 'RMS', locale: 'en-US', localeName: 'English (United States)', gender: 'male' },
  awb: { displayName: 'AWB', locale: 'en-GB', localeName: 'English (Scotland)', gender: 'male' },
  kal16: {
    displayName: 'Kal, robotic',
    locale: 'en-US',
    localeName: 'English (United States)',
    gender: 'male',
  },
};

/** All of them, the clearest first. */
export const offlineVoiceList: readonly VoiceInfo[] = offlineVoices.map((name) => ({
  provider: 'offline',
  name,
  ...speakers[name],
  styles: [],
}));
