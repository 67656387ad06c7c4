/** Where keys and tokens are kept: in the system's key store where this door has one, else in a private file. */
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { secretFile, type SecretFile } from './secretFile.ts';

/** The system's key store: what it encrypts, only this user can read. It may ask the operator to unlock it. */
export interface KeyStore {
  /** Whether it can be used now. */
  available(): Promise<boolean>;
  encrypt(secret: string): Promise<Uint8Array>;
  /** Rejects what was encrypted elsewhere. */
  decrypt(encrypted: Uint8Array): Promise<string>;
}

export interface KeptSecret {
  secret: string;
  from: 'os_store' | 'file';
}

export interface SecretStore {
  /** Where a secret that is set now is kept, as far as is known. */
  readonly keptIn: 'os_store' | 'file';
  /** Null: there is none of that name. */
  get(name: string): Promise<Result<KeptSecret | null>>;
  /** Keeps it, and nowhere else. */
  set(name: string, secret: string): Promise<Result<void>>;
  delete(name: string): Promise<Result<void>>;
  /** What the operator should know about how the secrets were found; null when all is well. */
  readonly notice: string | null;
}

export interface SecretStoreOptions {
  /** The private file, which every door reads. */
  file: string;
  /** The file of what the key store encrypted. */
  encryptedFile: string;
  /** Null: this door has no key store that deserves the name. */
  keyStore: KeyStore | null;
}

/** Reads nothing before it is asked. A secret in the key store goes before one in the file. */
export function openSecretStore({ file, encryptedFile, keyStore }: SecretStoreOptions): SecretStore {
  const plain = secretFile(file);
  const encrypted = secretFile(encryptedFile);
  let locked = false;

  async function get(name: string): Promise<Result<KeptSecret | null>> {
    // The key store is bothered only for what it holds.
    const stored = keyStore === null ? ok(undefined) : find(encrypted, name);
    if (!stored.ok) return stored;
    if (keyStore !== null && stored.value !== undefined) {
      try {
        const secret = await keyStore.decrypt(Buffer.from(stored.value, 'base64'));
        return ok({ secret, from: 'os_store' });
      } catch (thrown) {
        return undecipherable(name, thrown);
      }
    }
    const secret = find(plain, name);
    if (!secret.ok) return secret;
    return ok(secret.value === undefined ? null : { secret: secret.value, from: 'file' });
  }

  async function set(name: string, secret: string): Promise<Result<void>> {
    const store = keyStore !== null && (await isAvailable(keyStore)) ? keyStore : null;
    locked = keyStore !== null && store === null;
    if (store === null) {
      const added = add(plain, name, secret);
      return added.ok ? remove(encrypted, name) : added;
    }
    let stored: string;
    try {
      stored = Buffer.from(await store.encrypt(secret)).toString('base64');
    } catch (thrown) {
      return fail(
        'unavailable',
        'secret_not_kept',
        "The system's key store did not take the secret; unlock it and try again, or set an environment variable.",
        { detail: toAppError(thrown).message },
      );
    }
    const added = add(encrypted, name, stored);
    return added.ok ? remove(plain, name) : added;
  }

  return {
    get keptIn() {
      return keyStore === null || locked ? 'file' : 'os_store';
    },
    get,
    set,
    delete(name) {
      // From both, whatever this door writes to: forgetting means that it is gone.
      const forgotten = remove(plain, name);
      return Promise.resolve(forgotten.ok ? remove(encrypted, name) : forgotten);
    },
    get notice() {
      return plain.notice;
    },
  };
}

async function isAvailable(keyStore: KeyStore): Promise<boolean> {
  try {
    return await keyStore.available();
  } catch {
    return false;
  }
}

function find(file: SecretFile, name: string): Result<string | undefined> {
  const read = file.read();
  if (!read.ok) return read;
  return ok(Object.hasOwn(read.value, name) ? read.value[name] : undefined);
}

function add(file: SecretFile, name: string, stored: string): Result<void> {
  const read = file.read();
  return read.ok ? file.write({ ...read.value, [name]: stored }) : read;
}

function remove(file: SecretFile, name: string): Result<void> {
  const read = file.read();
  if (!read.ok) return read;
  if (!Object.hasOwn(read.value, name)) return ok(undefined);
  const { [name]: _removed, ...rest } = read.value;
  return file.write(rest);
}

function undecipherable(name: string, thrown: unknown): Result<never> {
  return fail(
    'unavailable',
    'secret_undecipherable',
    `The ${name.replaceAll('-', ' ')} kept by the system's key store cannot be read; unlock the key store, or type it in again.`,
    { detail: toAppError(thrown).message },
  );
}
