/** Where a webhook's messages go. The address is itself the key to it: it is never shown beyond its host. */
import { webhookFormats } from '#contract/api/notifications';
import { fail, ok, type Result } from '#contract/errors';
import { masked } from '#contract/secrets';

export type WebhookFormat = (typeof webhookFormats)[number];

export interface Webhook {
  format: WebhookFormat;
  /** Holds a secret. */
  address: string;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}

/** An address that messages can be sent to. Errors never repeat it. */
export function webhookAddress(text: string): Result<string> {
  const url = URL.parse(text.trim());
  const wrong = (message: string) => fail('invalid_input', 'invalid_webhook', message);
  if (url === null) return wrong('The address of the webhook is not a URL; write it like https://host/path.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return wrong('The address of the webhook must begin with https://.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return wrong('The webhook must be reached by https://; http:// is for this machine alone.');
  if (url.username !== '' || url.password !== '')
    return wrong(
      'The address of the webhook must not carry a user and password; put a key into its path or parameters.',
    );
  return ok(url.href);
}

/** As much of an address as may be shown. */
export function shownAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return masked;
  const hidden = url.pathname !== '/' || url.search !== '';
  return `${url.origin}/${hidden ? masked : ''}`;
}

/** The format that a host understands; others take the JSON. */
function usualFormat(url: URL): WebhookFormat {
  if (url.hostname === 'hooks.slack.com') return 'slack';
  return /\.(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/.test(url.hostname)
    ? 'teams'
    : 'json';
}

/** Reads `URL` or `FORMAT=URL`, as the command line and CROSSTALK_WEBHOOK have it. */
export function readWebhook(text: string): Result<Webhook> {
  const [, word, rest] = /^([a-z]+)=(.+)$/is.exec(text.trim()) ?? [];
  const address = webhookAddress(rest ?? text);
  if (word !== undefined && !/^https?$/i.test(word)) {
    const format = webhookFormats.find((known) => known === word.toLowerCase());
    if (format === undefined)
      return fail(
        'invalid_input',
        'invalid_webhook',
        `There is no format ${JSON.stringify(word)} of a webhook; write ${webhookFormats.join(', ')} before its address, like slack=https://….`,
      );
    return address.ok ? ok({ format, address: address.value }) : address;
  }
  return address.ok ? ok({ format: usualFormat(new URL(address.value)), address: address.value }) : address;
}
