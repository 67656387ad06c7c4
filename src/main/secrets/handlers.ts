/** Answers what screens ask about secrets. Values come in and never leave. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import type { SecretEntry } from '#contract/api/secrets';
import { processValue } from '../environments/values.ts';
import { usedSecrets } from './used.ts';
import type { SecretVault } from './vault.ts';

export interface SecretHandlerOptions {
  vault: SecretVault;
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  /** Variables of the process. */
  env: Record<string, string | undefined>;
  publish: Publish;
}

export function createSecretHandlers({
  vault,
  workspace,
  env,
  publish,
}: SecretHandlerOptions): ApiHandlers['secrets'] {
  const tell = (done: Result<void>): Result<void> => {
    if (done.ok) publish('secrets', 'changed', {});
    return done;
  };
  return {
    async list() {
      const names = vault.names();
      if (!names.ok) return names;
      const kept = new Map(names.value.map((one) => [one.name, one.keptIn]));
      const used = await usedSecrets(workspace());
      const secrets = [...new Set([...kept.keys(), ...used.keys()])].sort().map((name): SecretEntry => {
        const inProcess = processValue(env, { kind: 'secret', name, text: '' }) !== undefined;
        return {
          name,
          keptIn: inProcess ? 'environment' : (kept.get(name) ?? 'missing'),
          usedBy: used.get(name) ?? [],
        };
      });
      return ok({ secrets, keptIn: vault.keptIn, place: vault.place });
    },
    set: async ({ name, value }) => tell(await vault.set(name, value)),
    forget: async ({ name }) => tell(await vault.forget(name)),
  };
}
