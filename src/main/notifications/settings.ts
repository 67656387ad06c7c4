/** How the operator wants to be told, and the webhook's address, which lies with the secrets. */
import { NotificationSettings } from '#contract/api/notifications';
import { fail, ok, type Result } from '#contract/errors';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { shownAddress, webhookAddress, type Webhook } from './address.ts';

const secretName = 'webhook-address';

export interface NotificationPatch {
  desktop?: NotificationSettings['desktop'] | undefined;
  webhook?: { [K in 'when' | 'format']?: NotificationSettings['webhook'][K] | undefined } | undefined;
  address?: string | null | undefined;
}

export class NotificationStore {
  readonly #settings: SettingsStore;
  readonly #secrets: SecretStore;

  constructor(settings: SettingsStore, secrets: SecretStore) {
    this.#settings = settings;
    this.#secrets = secrets;
  }

  get(): NotificationSettings {
    return this.#settings.get().notifications ?? NotificationSettings.parse({});
  }

  /** Errors: `invalid_webhook` and those of the settings and the secrets. */
  async set({ desktop, webhook, address }: NotificationPatch): Promise<Result<NotificationSettings>> {
    const before = this.get();
    let { shown } = before.webhook;
    if (address === null) {
      const forgotten = await this.#secrets.delete(secretName);
      if (!forgotten.ok) return forgotten;
      shown = null;
    } else if (address !== undefined) {
      const checked = webhookAddress(address);
      if (!checked.ok) return checked;
      const kept = await this.#secrets.set(secretName, checked.value);
      if (!kept.ok) return kept;
      shown = shownAddress(checked.value);
    }
    const notifications: NotificationSettings = {
      desktop: desktop ?? before.desktop,
      webhook: {
        when: webhook?.when ?? before.webhook.when,
        format: webhook?.format ?? before.webhook.format,
        shown,
      },
    };
    const written = this.#settings.update({ notifications });
    return written.ok ? ok(notifications) : written;
  }

  /** The webhook that is kept; null: none is. Error `webhook_out_of_reach`: it is, but this door cannot read it. */
  async webhook(): Promise<Result<Webhook | null>> {
    const { format, shown } = this.get().webhook;
    if (shown === null) return ok(null);
    const found = await this.#secrets.get(secretName);
    if (!found.ok) return found;
    if (found.value !== null) return ok({ format, address: found.value.secret });
    return fail(
      'unavailable',
      'webhook_out_of_reach',
      "The webhook's address is kept in the system's key store, which only the desktop app can read; give it here as --webhook or CROSSTALK_WEBHOOK, or type it in again.",
    );
  }
}
