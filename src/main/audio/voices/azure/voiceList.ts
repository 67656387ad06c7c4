/** Azure's list of voices, kept in a file: it is long, seldom changes, and must be there without a network. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { VoiceInfo } from '#contract/api/voices';
import { ok, type Result } from '#contract/errors';
import { writeAtomically } from '../../../atomicFile.ts';
import { listOnce, type AzureResource, type ListedVoice } from './attempt.ts';
import type { AzureConfiguration } from './configuration.ts';
import { withRetries, type RetryPolicy } from './retry.ts';

const KeptList = z.object({ place: z.string(), fetchedAt: z.string(), voices: z.array(VoiceInfo) });
const KeptLists = z.object({ version: z.literal(1), lists: z.array(KeptList) });
type KeptList = z.infer<typeof KeptList>;

const mostLists = 5;

export interface VoiceListOptions {
  file: string;
  configuration: AzureConfiguration;
  retries: RetryPolicy;
  patienceMs: number;
  now?: () => Date;
}

export interface FetchedVoices {
  voices: VoiceInfo[];
  /** ISO 8601. */
  fetchedAt: string;
}

export interface AzureVoiceList {
  /** The kept list of the place in force; fetched when there is none, or when asked to. */
  get(refresh: boolean, signal?: AbortSignal): Promise<Result<FetchedVoices>>;
  /** Fetches and keeps the list of a resource. */
  fetch(resource: AzureResource, retries: RetryPolicy, signal?: AbortSignal): Promise<Result<FetchedVoices>>;
}

export function createAzureVoiceList(options: VoiceListOptions): AzureVoiceList {
  const { file, configuration, retries, patienceMs, now = () => new Date() } = options;

  async function fetch(
    resource: AzureResource,
    policy: RetryPolicy,
    signal?: AbortSignal,
  ): Promise<Result<FetchedVoices>> {
    const listed = await withRetries(() => listOnce(resource, { signal, patienceMs }), policy, signal);
    if (!listed.ok) return listed;
    const fetched = { fetchedAt: now().toISOString(), voices: listed.value.map(infoOf) };
    keep(file, { place: resource.place.name, ...fetched });
    return ok(fetched);
  }

  return {
    fetch,
    async get(refresh, signal) {
      const place = await configuration.place();
      const kept = refresh || place === null ? undefined : read(file).find((list) => list.place === place);
      if (kept !== undefined) return ok({ voices: kept.voices, fetchedAt: kept.fetchedAt });
      const resource = await configuration.resource();
      return resource.ok ? await fetch(resource.value, retries, signal) : resource;
    },
  };
}

function infoOf(voice: ListedVoice): VoiceInfo {
  const { shortName, displayName, localName, locale, localeName, gender, styles } = voice;
  return {
    provider: 'azure',
    name: shortName,
    displayName: displayName || localName || shortName,
    locale,
    localeName: localeName || locale,
    gender,
    styles,
  };
}

/** Only a copy of what can be had again: a file that cannot be understood is as good as none. */
function read(file: string): KeptList[] {
  try {
    const parsed = KeptLists.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data.lists : [];
  } catch {
    return [];
  }
}

function keep(file: string, list: KeptList): void {
  const others = read(file).filter(({ place }) => place !== list.place);
  try {
    writeAtomically(
      file,
      `${JSON.stringify({ version: 1, lists: [list, ...others].slice(0, mostLists) })}\n`,
    );
  } catch {
    // The list is at hand; it is fetched again next time.
  }
}
