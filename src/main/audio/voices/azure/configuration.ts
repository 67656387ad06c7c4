/** How Azure Speech is reached and with which secret: environment variables before what was typed in. */
import type { AzureSpeechInput, AzureSpeechState } from '#contract/api/voices';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import type { SecretStore } from '../../../secrets/secretStore.ts';
import type { SettingsStore } from '../../../settings/settings.ts';
import type { AzureResource } from './attempt.ts';
import { endpointOf, placeOfEndpoint, placeOfRegion, regionOf, type Place } from './place.ts';
import { isEntraToken, tidyToken, tokenExpiry } from './token.ts';

export interface AzureConfigurationOptions {
  settings: SettingsStore;
  secrets: SecretStore;
  env: Record<string, string | undefined>;
  now?: () => Date;
}

export interface AzureConfiguration {
  /** What is in force, without the secret; one that is kept but cannot be read is none here, and the error of `resource`. */
  state(): Promise<AzureSpeechState>;
  /** The resource to ask. Errors: `not_configured`, `token_expired`, `invalid_region`, `invalid_endpoint`, `bad_key`. */
  resource(): Promise<Result<AzureResource>>;
  /** The region or host in force; null: none is named. */
  place(): Promise<string | null>;
  /** Keeps what was typed in; nothing is changed when it is refused. */
  change(input: AzureSpeechInput): Promise<Result<AzureSpeechState>>;
  /** Forgets every kept key and token. */
  forget(): Promise<Result<AzureSpeechState>>;
}

type Auth = AzureSpeechState['auth'];

const secretNames: Record<Auth, string> = { key: 'azure-speech-key', entra: 'azure-speech-token' };

/** What can stand in a header: no spaces, no line breaks, plain letters. */
const sendable = /^[\x21-\x7e]+$/;

/** Sent between # and #, in front of the token. */
const resourceIdForm = /^\/subscriptions\/[\x21-\x22\x24-\x7e]+$/i;

interface InForce {
  auth: Auth;
  secret: string | null;
  secretFrom: AzureSpeechState['secretFrom'];
  region: string;
  endpoint: string;
  resourceId: string;
}

export function createAzureConfiguration(options: AzureConfigurationOptions): AzureConfiguration {
  const { settings, secrets, env, now = () => new Date() } = options;
  const variable = (name: string) => env[name]?.trim() ?? '';

  async function inForce(): Promise<{ found: InForce; problem: AppError | null }> {
    const typed = settings.get().azureSpeech;
    const key = variable('AZURE_SPEECH_KEY');
    const token = tidyToken(variable('AZURE_SPEECH_TOKEN'));
    const region = variable('AZURE_SPEECH_REGION');
    const endpoint = variable('AZURE_SPEECH_ENDPOINT');
    const where = {
      // Together: a region of the environment and an endpoint of the settings would be two resources.
      ...(region === '' && endpoint === ''
        ? { region: typed?.region ?? '', endpoint: typed?.endpoint ?? '' }
        : { region, endpoint }),
      resourceId: variable('AZURE_SPEECH_RESOURCE_ID') || (typed?.resourceId ?? ''),
    };
    const given = (auth: Auth, secret: string): InForce => ({
      auth,
      secret,
      secretFrom: 'environment',
      ...where,
    });
    if (key !== '') return { found: given('key', key), problem: null };
    if (token !== '') return { found: given('entra', token), problem: null };
    const auth = typed?.auth ?? 'key';
    const kept = await secrets.get(secretNames[auth]);
    const { secret, from } = (kept.ok ? kept.value : null) ?? { secret: null, from: null };
    return { found: { auth, secret, secretFrom: from, ...where }, problem: kept.ok ? null : kept.error };
  }

  async function state(): Promise<AzureSpeechState> {
    const { secret, ...shown } = (await inForce()).found;
    const expires = shown.auth === 'entra' && secret !== null ? tokenExpiry(secret) : null;
    return { ...shown, keptIn: secrets.keptIn, tokenExpiresAt: expires?.toISOString() ?? null };
  }

  return {
    state,

    async resource() {
      const { found, problem } = await inForce();
      if (problem !== null) return { ok: false, error: problem };
      const { auth, secret, secretFrom, region, endpoint, resourceId } = found;
      if (secret === null || (region === '' && endpoint === '')) return notConfigured(found);
      const place = placeOf(region, endpoint);
      if (!place.ok) return place;
      if (!sendable.test(secret)) return unsendable(auth, secretFrom === 'environment');
      if (auth === 'key') return ok({ place: place.value, auth, credential: { key: secret } });
      const expires = tokenExpiry(secret);
      if (expires !== null && expires <= now()) return tokenExpired(expires);
      if (secret.startsWith('aad#') || endpoint !== '')
        return ok({ place: place.value, auth, credential: { token: secret } });
      if (resourceId === '') {
        // A token of the speech resource itself says all; one of Microsoft Entra does not say for which resource.
        if (!isEntraToken(secret)) return ok({ place: place.value, auth, credential: { token: secret } });
        return fail(
          'unavailable',
          'not_configured',
          'A Microsoft Entra token with a region needs the Azure resource id of the Speech resource; set AZURE_SPEECH_RESOURCE_ID, or fill it in under Settings > Speech.',
        );
      }
      if (!resourceIdForm.test(resourceId)) return invalidResourceId();
      return ok({ place: place.value, auth, credential: { token: `aad#${resourceId}#${secret}` } });
    },

    async place() {
      const { region, endpoint } = (await inForce()).found;
      if (region === '' && endpoint === '') return null;
      const place = placeOf(region, endpoint);
      return place.ok ? place.value.name : null;
    },

    async change(input) {
      const region = input.region === '' ? ok('') : regionOf(input.region);
      if (!region.ok) return region;
      const endpoint = input.endpoint === '' ? null : endpointOf(input.endpoint);
      if (endpoint?.ok === false) return endpoint;
      if (input.resourceId !== '' && !resourceIdForm.test(input.resourceId)) return invalidResourceId();
      const { auth } = input;
      const secret =
        input.secret === undefined ? '' : auth === 'key' ? input.secret.trim() : tidyToken(input.secret);
      if (secret !== '') {
        if (!sendable.test(secret)) return unsendable(auth, false);
        const kept = await secrets.set(secretNames[auth], secret);
        if (!kept.ok) return kept;
      }
      const written = settings.update({
        azureSpeech: {
          auth,
          region: region.value,
          endpoint: endpoint?.value.href ?? '',
          resourceId: input.resourceId,
        },
      });
      return written.ok ? ok(await state()) : written;
    },

    async forget() {
      for (const name of Object.values(secretNames)) {
        const forgotten = await secrets.delete(name);
        if (!forgotten.ok) return forgotten;
      }
      return ok(await state());
    },
  };
}

function placeOf(region: string, endpoint: string): Result<Place> {
  if (endpoint !== '') {
    const url = endpointOf(endpoint);
    return url.ok ? ok(placeOfEndpoint(url.value)) : url;
  }
  const name = regionOf(region);
  return name.ok ? ok(placeOfRegion(name.value)) : name;
}

function notConfigured({ secret, auth }: InForce): Result<never> {
  const missing =
    secret === null ? `has no ${auth === 'key' ? 'key' : 'token'}` : 'has no region and no endpoint';
  return fail(
    'unavailable',
    'not_configured',
    `Azure Speech ${missing} here; set AZURE_SPEECH_KEY and AZURE_SPEECH_REGION, or fill in Settings > Speech.`,
  );
}

function invalidResourceId(): Result<never> {
  return fail(
    'invalid_input',
    'invalid_resource_id',
    'The resource id must begin with /subscriptions/; copy it from the properties of the Speech resource.',
  );
}

function unsendable(auth: Auth, fromEnvironment: boolean): Result<never> {
  const what = auth === 'key' ? 'key' : 'token';
  const where = fromEnvironment ? ` in AZURE_SPEECH_${what.toUpperCase()}` : '';
  return fail(
    'invalid_input',
    auth === 'key' ? 'bad_key' : 'bad_token',
    `The ${what}${where} has characters that no ${what} has, like a space or a line break; copy it again.`,
  );
}

function tokenExpired(expires: Date): Result<never> {
  const at = expires.toISOString().slice(0, 16).replace('T', ' ');
  return fail(
    'refused',
    'token_expired',
    `The token for Azure Speech ended at ${at} UTC; get a new one (az account get-access-token --resource https://cognitiveservices.azure.com).`,
  );
}
