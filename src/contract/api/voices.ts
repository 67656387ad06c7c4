import { z } from 'zod';
import { call } from './define.ts';

export const voiceProviders = ['offline', 'azure'] as const;
export const VoiceProvider = z.enum(voiceProviders);
export type VoiceProvider = z.infer<typeof VoiceProvider>;

/** One speaker of a provider. */
export const VoiceInfo = z.object({
  provider: VoiceProvider,
  /** What a scenario file calls it, like `slt` or `en-US-JennyMultilingualNeural`. */
  name: z.string(),
  displayName: z.string(),
  /** BCP 47, like `en-US`. */
  locale: z.string(),
  localeName: z.string(),
  gender: z.string().nullable(),
  /** Speaking styles it knows; none for most. */
  styles: z.array(z.string()),
});
export type VoiceInfo = z.infer<typeof VoiceInfo>;

/** How Azure Speech is reached; the secret itself is never sent to a screen. */
export const AzureSpeechState = z.object({
  auth: z.enum(['key', 'entra']),
  region: z.string(),
  /** Of a resource with a custom domain, or a private link; empty: the region's. */
  endpoint: z.string(),
  /** Azure resource id: needed with a Microsoft Entra token and a region. */
  resourceId: z.string(),
  /** Where the key or token comes from; null: there is none. */
  secretFrom: z.enum(['environment', 'os_store', 'file']).nullable(),
  /** Where this door keeps a secret that is typed in. */
  keptIn: z.enum(['os_store', 'file']),
  /** When the token ends, where it says so. */
  tokenExpiresAt: z.string().nullable(),
});
export type AzureSpeechState = z.infer<typeof AzureSpeechState>;

export const AzureSpeechInput = z.object({
  auth: z.enum(['key', 'entra']),
  region: z.string().trim().max(100),
  endpoint: z.string().trim().max(500),
  resourceId: z.string().trim().max(1000),
  /** Left out: the kept one stays. */
  secret: z.string().trim().max(10_000).optional(),
});
export type AzureSpeechInput = z.infer<typeof AzureSpeechInput>;

/** What asking a provider for one short word came to. */
export const VoiceTest = z.object({
  ok: z.boolean(),
  /** A short stable word: `ok`, `bad_key`, `wrong_region`, `no_network`, `quota`, `not_configured`, `failed` … */
  code: z.string(),
  /** What it came to and what to do, in one sentence. */
  message: z.string(),
  tookMs: z.number(),
  voices: z.number().int().nullable(),
});
export type VoiceTest = z.infer<typeof VoiceTest>;

export const voicesApi = {
  /** The speakers of a provider. Azure's list is kept and fetched anew on request. */
  list: call(
    z.object({ provider: VoiceProvider, refresh: z.boolean().default(false) }),
    z.object({ voices: z.array(VoiceInfo), fetchedAt: z.string().nullable() }),
  ),
  azure: call(z.void(), AzureSpeechState),
  setAzure: call(AzureSpeechInput, AzureSpeechState),
  /** Forgets the kept key or token. */
  forgetAzureSecret: call(z.void(), AzureSpeechState),
  test: call(z.object({ provider: VoiceProvider }), VoiceTest),
};
