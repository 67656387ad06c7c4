/** Voices of a scenario. */
import { z } from 'zod';
import { Name } from './words.ts';

/** Who speaks: a speaker of a provider. */
export const Voice = z.discriminatedUnion(
  'provider',
  [
    z.strictObject({
      provider: z.literal('offline').describe('The voices that come with the program; no network.'),
      name: z.enum(['slt', 'rms', 'awb', 'kal16']).default('slt').describe('Which of them.'),
    }),
    z.strictObject({
      provider: z.literal('azure').describe('Azure Speech, as it is set up in the settings.'),
      name: Name.default('en-US-JennyMultilingualNeural').describe('Full name of the voice.'),
      style: z.string().optional().describe('Speaking style of the voice, like chat.'),
      rate: z
        .string()
        .optional()
        .meta({ description: 'How fast it speaks.', examples: ['+10%', '-5%'] }),
    }),
  ],
  { error: 'the provider of a voice must be offline or azure' },
);
export type Voice = z.output<typeof Voice>;
