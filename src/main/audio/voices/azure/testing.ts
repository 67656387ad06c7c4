/** What the tests of Azure Speech start from: a home of their own, a service on loopback, and an eye on the network. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeIn, type CrosstalkHome } from '../../../home.ts';
import { openSecretStore, type SecretStore } from '../../../secrets/secretStore.ts';
import { openSettings, type SettingsStore } from '../../../settings/settings.ts';
import { usualRetries, type RetryPolicy } from './retry.ts';

export const testKey = 'k3y-0f-the-t3st+with/odd=signs';

export interface TestHome {
  home: CrosstalkHome;
  settings: SettingsStore;
  secrets: SecretStore;
  remove(): void;
}

export function testHome(): TestHome {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-azure-'));
  const home = homeIn(folder);
  return {
    home,
    settings: openSettings(home.settings),
    secrets: openSecretStore({ file: home.secrets, encryptedFile: home.encryptedSecrets, keyStore: null }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Retries that do not wait, and tell how long they would have. */
export function promptRetries(more: Partial<RetryPolicy> = {}): RetryPolicy & { waits: number[] } {
  const waits: number[] = [];
  const wait = (ms: number) => Promise.resolve(void waits.push(ms));
  return { ...usualRetries, random: () => 1, wait, ...more, waits };
}

export interface NetworkWatch {
  /** Names that were looked up. */
  lookedUp: string[];
  /** Every address that was connected to, or tried. */
  addresses: string[];
  end(): void;
}

/** Sees every connection of this process; looking a name up fails with `code`, so that nothing can leave loopback by name. */
export function watchNetwork(code = 'ENOTFOUND'): NetworkWatch {
  const lookedUp: string[] = [];
  const addresses: string[] = [];
  const onSocket = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('socket' in message)) return;
    const { socket } = message;
    if (!(socket instanceof Socket)) return;
    socket.once('connectionAttempt', (address: string) => addresses.push(address));
  };
  const { lookup } = dns;
  Reflect.set(dns, 'lookup', (name: string, ...rest: unknown[]) => {
    lookedUp.push(name);
    const callback = rest.at(-1);
    const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), {
      code,
      errno: -3008,
      hostname: name,
    });
    if (typeof callback === 'function') setImmediate(() => void Reflect.apply(callback, undefined, [error]));
  });
  subscribe('net.client.socket', onSocket);
  return {
    lookedUp,
    addresses,
    end() {
      Reflect.set(dns, 'lookup', lookup);
      unsubscribe('net.client.socket', onSocket);
    },
  };
}
