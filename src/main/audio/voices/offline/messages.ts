/** What goes between the application and the process of the offline voice. */
import { z } from 'zod';

export const offlineVoices = ['slt', 'rms', 'awb', 'kal16'] as const;

export const OfflineVoiceRequest = z.object({
  id: z.number().int(),
  text: z.string().min(1),
  voice: z.enum(offlineVoices),
});
export type OfflineVoiceRequest = z.infer<typeof OfflineVoiceRequest>;

/** `pcm`: 16-bit little-endian mono samples at 16 kHz. */
export const OfflineVoiceReply = z.union([
  z.object({ id: z.number().int(), pcm: z.instanceof(Uint8Array) }),
  z.object({ id: z.number().int(), error: z.string() }),
]);
export type OfflineVoiceReply = z.infer<typeof OfflineVoiceReply>;
