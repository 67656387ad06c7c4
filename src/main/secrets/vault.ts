/** Secrets that environments name (`${secret:NAME}`), kept beside those of the program itself and told from them by a prefix. */
import { fail, ok, type Result } from '#contract/errors';
import type { SecretReader } from '../environments/values.ts';
import { secretFile } from './secretFile.ts';
import { openSecretStore, type SecretStoreOptions } from './secretStore.ts';

/** Names of the program's own secrets have none. */
const prefix = 'secret:';

export interface KeptName {
  name: string;
  keptIn: 'os_store' | 'file';
}

export interface SecretVault extends SecretReader {
  /** Where a secret that is set now is kept. */
  readonly keptIn: 'os_store' | 'file';
  /** That place in words. */
  readonly place: string;
  /** Every kept one by name; values are not read. Errors: those of the files. */
  names(): Result<KeptName[]>;
  set(name: string, value: string): Promise<Result<void>>;
  forget(name: string): Promise<Result<void>>;
  /** What the operator should know about how the secrets were found; null when all is well. */
  readonly notice: string | null;
}

/** Reads nothing before it is asked. */
export function openVault(options: SecretStoreOptions): SecretVault {
  const { file, encryptedFile, keyStore } = options;
  const store = openSecretStore(options);
  const plain = secretFile(file);
  const encrypted = secretFile(encryptedFile);

  function namesIn(from: typeof plain): Result<string[]> {
    const read = from.read();
    if (!read.ok) return read;
    const names = Object.keys(read.value).filter((name) => name.startsWith(prefix));
    return ok(names.map((name) => name.slice(prefix.length)));
  }

  /** Kept by another door in the system's key store, which this one does not have. */
  function outOfReach(name: string): boolean {
    const names = keyStore === null ? namesIn(encrypted) : ok([]);
    return names.ok && names.value.includes(name);
  }

  return {
    get keptIn() {
      return store.keptIn;
    },
    get place() {
      return store.keptIn === 'os_store' ? "the system's key store" : file;
    },
    names() {
      const open = namesIn(plain);
      if (!open.ok) return open;
      const locked = namesIn(encrypted);
      if (!locked.ok) return locked;
      const all = new Map<string, KeptName>(open.value.map((name) => [name, { name, keptIn: 'file' }]));
      for (const name of locked.value) all.set(name, { name, keptIn: 'os_store' });
      return ok([...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    has(name) {
      const open = namesIn(plain);
      if (open.ok && open.value.includes(name)) return true;
      const locked = keyStore === null ? ok([]) : namesIn(encrypted);
      return locked.ok && locked.value.includes(name);
    },
    async read(name) {
      const found = await store.get(`${prefix}${name}`);
      if (!found.ok) {
        if (found.error.code !== 'secret_undecipherable') return found;
        return fail(
          'unavailable',
          'secret_undecipherable',
          `the system's key store does not give ${name} back; unlock it, type the secret in again, or set the environment variable CROSSTALK_SECRET_${name}.`,
        );
      }
      if (found.value !== null) return ok(found.value.secret);
      if (!outOfReach(name)) return ok(null);
      return fail(
        'unavailable',
        'secret_out_of_reach',
        `it is kept in the system's key store, which only the desktop app can read; set the environment variable CROSSTALK_SECRET_${name} here.`,
      );
    },
    set: (name, value) => store.set(`${prefix}${name}`, value),
    forget: (name) => store.delete(`${prefix}${name}`),
    get notice() {
      return store.notice ?? plain.notice ?? encrypted.notice;
    },
  };
}
