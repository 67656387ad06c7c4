import { z } from 'zod';
import { call, event } from './define.ts';

/** A secret by name. Its value never leaves the main process. */
export const SecretEntry = z.object({
  name: z.string(),
  /** `environment`: a variable of the process, which goes before what is kept; `missing`: used, but nowhere to be found. */
  keptIn: z.enum(['os_store', 'file', 'environment', 'missing']),
  /** Environments and scenarios that use it, by name. */
  usedBy: z.array(z.string()),
});
export type SecretEntry = z.infer<typeof SecretEntry>;

/** As `${secret:NAME}` names it. */
export const SecretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'A name of letters, digits and _.');

export const secretsApi = {
  /** Every secret that is kept here or used by an environment or scenario of the workspace. */
  list: call(
    z.void(),
    z.object({ secrets: z.array(SecretEntry), keptIn: z.enum(['os_store', 'file']), place: z.string() }),
  ),
  set: call(z.object({ name: SecretName, value: z.string().min(1).max(100_000) }), z.void()),
  forget: call(z.object({ name: SecretName }), z.void()),
  changed: event(z.object({})),
};
