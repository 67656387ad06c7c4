/** The clips of a pack: each one once, under a name of its own, with what the manifest says of it. */
import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import type { VoicedSpan } from '#contract/audio/level';
import type { ScenarioFile, Turn, Voice } from '#contract/scenario/file';
import { conversationsIn } from '#contract/scenario/users';
import { addressOf, utteranceOf } from '../audio/address.ts';
import { readManifest, type ManifestLine } from '../audio/manifest.ts';
import { clipNames, type ClipPlace } from '../audio/names.ts';
import { clipSampleRate } from '../audio/voices/voice.ts';
import type { ScenarioSpeech, SpokenTurn } from '../scenarios/speech.ts';

export interface PackClip {
  filename: string;
  /** Size of its file; an estimate as long as it is not spoken. */
  bytes: number;
  /** 16 kHz; null: not spoken yet. */
  samples: Int16Array | null;
  voiced: VoicedSpan | null;
  manifest: Omit<ManifestLine, 'filename'>;
}

/** A turn of a conversation by the names of its clips; null: not spoken yet. */
export interface PackTurn {
  name: string;
  clip: PackClip;
  bargeInClip: PackClip | null;
  turn: Turn | null;
}

export interface PackClips {
  clips: PackClip[];
  /** By users entry, then conversation. */
  turns: PackTurn[][][];
}

/** How fast the voices speak, for what is not spoken yet. */
const charactersPerSecond = 14;
const silenceSeconds = 0.4;

function estimatedBytes(text: string): number {
  const seconds = silenceSeconds + text.length / charactersPerSecond;
  return Math.round(seconds * clipSampleRate) * Int16Array.BYTES_PER_ELEMENT;
}

interface Part {
  say?: string | undefined;
  clip?: string | undefined;
}

class Naming {
  readonly clips: PackClip[] = [];
  readonly #byKey = new Map<string, PackClip>();
  readonly #taken = new Set<string>();
  readonly #manifests = new Map<string, Promise<ManifestLine[]>>();
  readonly #speech: ScenarioSpeech;
  readonly #folder: string;

  constructor(speech: ScenarioSpeech, folder: string) {
    this.#speech = speech;
    this.#folder = folder;
  }

  /** The clip at an index of the gathered speech (−1: not spoken yet), named by its place or its words. */
  async clip(index: number, part: Part, voice: Voice, place: ClipPlace | null): Promise<PackClip> {
    const gathered = this.#speech.clips[index];
    const utterance = part.say === undefined ? null : utteranceOf(part.say, voice);
    const samples = gathered ? new Int16Array(gathered.samples) : null;
    const hash = utterance ? addressOf(utterance) : contentOf(samples);
    const known = this.#byKey.get(hash);
    if (known) return known;
    const line = utterance ? null : await this.#lineOf(part.clip);
    const text = utterance?.text ?? line?.text ?? '';
    const bytes = samples?.byteLength ?? estimatedBytes(text);
    const clip: PackClip = {
      filename: this.#name(hash, text, place),
      bytes,
      samples,
      voiced: gathered?.voiced ?? null,
      manifest: {
        text,
        voice: utterance?.voice ?? line?.voice ?? '',
        provider: utterance?.provider ?? line?.provider ?? 'recording',
        sample_rate: clipSampleRate,
        style: utterance?.style ?? line?.style ?? null,
        rate: utterance?.rate ?? line?.rate ?? null,
        duration_seconds: Number((bytes / Int16Array.BYTES_PER_ELEMENT / clipSampleRate).toFixed(3)),
        scenario: place?.conversation ?? null,
        turn_index: place?.turn ?? null,
        turn_count: place?.turns ?? null,
        hash,
      },
    };
    this.#byKey.set(hash, clip);
    this.clips.push(clip);
    return clip;
  }

  #name(hash: string, text: string, place: ClipPlace | null): string {
    for (const name of clipNames(hash, text, place)) {
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
    throw new Error(`Two clips have the address ${hash}`);
  }

  /** What the manifest beside a recording says of it. */
  async #lineOf(path: string | undefined): Promise<ManifestLine | null> {
    if (path === undefined) return null;
    const file = resolve(this.#folder, path);
    const folder = dirname(file);
    const lines = this.#manifests.get(folder) ?? readManifest(folder);
    this.#manifests.set(folder, lines);
    return (await lines).find(({ filename }) => filename === basename(file)) ?? null;
  }
}

function contentOf(samples: Int16Array | null): string {
  const hash = createHash('sha256');
  if (samples) hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  return hash.digest('hex');
}

/** Names the clips of gathered speech. `folder`: where relative paths of the scenario begin. */
export async function packClips(
  file: ScenarioFile,
  speech: ScenarioSpeech,
  folder: string,
): Promise<PackClips> {
  const naming = new Naming(speech, folder);
  const turns: PackTurn[][][] = [];
  for (const [i, user] of file.users.entries()) {
    const ofUser: PackTurn[][] = [];
    for (const [j, conversation] of conversationsIn(user).entries()) {
      const spoken = speech.turns[i]?.[j] ?? [];
      const ofConversation: PackTurn[] = [];
      for (const [k, one] of spoken.entries()) {
        const place = { conversation: conversation.name, turn: k + 1, turns: spoken.length };
        ofConversation.push(await packTurn(naming, one, place, conversation.voice, conversation.clips));
      }
      ofUser.push(ofConversation);
    }
    turns.push(ofUser);
  }
  return { clips: naming.clips, turns };
}

async function packTurn(
  naming: Naming,
  { name, clip, bargeInClip, turn }: SpokenTurn,
  place: ClipPlace,
  conversationVoice: Voice,
  clipsFolder: string | undefined,
): Promise<PackTurn> {
  const voice = turn?.voice ?? conversationVoice;
  const part = turn ?? { clip: `${clipsFolder ?? '.'}/${name}` };
  const bargeIn = turn?.barge_in;
  const hasOwnWords = bargeInClip !== null && bargeIn !== undefined;
  return {
    name,
    clip: await naming.clip(clip, part, voice, place),
    bargeInClip: hasOwnWords ? await naming.clip(bargeInClip, bargeIn, voice, null) : null,
    turn,
  };
}
