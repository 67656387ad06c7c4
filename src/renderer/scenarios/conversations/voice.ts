import { isPlainMap } from '../../document/plain.ts';
import type { Voice } from '../../audio/draft.ts';

const offlineNames = ['slt', 'rms', 'awb', 'kal16'] as const;
const usualAzure = 'en-US-JennyMultilingualNeural';
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** A voice as the file writes it, with what the format fills in; null when it is not one. */
export function readVoice(value: unknown): Voice | null {
  if (!isPlainMap(value)) return null;
  const { provider, name } = value;
  if (provider === 'offline') {
    const known = offlineNames.find((one) => one === (name ?? 'slt'));
    return known === undefined ? null : { provider, name: known };
  }
  if (provider !== 'azure') return null;
  const style = text(value.style);
  const rate = text(value.rate);
  return {
    provider,
    name: text(name) ?? usualAzure,
    ...(style === undefined ? {} : { style }),
    ...(rate === undefined ? {} : { rate }),
  };
}

/** Who speaks where nobody is named. */
export const usualVoice: Voice = { provider: 'offline', name: 'slt' };
