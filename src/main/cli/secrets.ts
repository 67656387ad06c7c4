/** Secrets that were kept on this machine, as far as a terminal can read them. */
import { homeFolder, homeIn } from '../home.ts';
import { openVault, type SecretVault } from '../secrets/vault.ts';
import type { CliContext } from './context.ts';

/** Those of the private file; of those in the system's key store only that they are there. Nothing is read or created yet. */
export function keptSecrets(context: CliContext): SecretVault {
  const home = homeIn(homeFolder({ env: context.env }));
  return openVault({ file: home.secrets, encryptedFile: home.encryptedSecrets, keyStore: null });
}
