/** Every clip of a scenario: found, read once, or spoken when it is missing. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { PlanClip } from '#engine/plan';
import { ok, type AppError, type Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { Conversation, ScenarioFile, Turn, Voice } from '#contract/scenario/file';
import type { ValuePath } from '#contract/scenario/shape';
import { addressOf, utteranceOf, type Utterance } from '../audio/address.ts';
import type { ClipCache } from '../audio/cache.ts';
import { readClip, toWire, type WireFormat } from '../audio/clips.ts';

/** Speaks an utterance that no cache has and keeps it; 16 kHz samples. */
export type Speak = (utterance: Utterance) => Promise<Result<Int16Array>>;

export interface SpeechSources {
  /** The scenario's own folder: relative paths begin here. */
  folder: string;
  cache: ClipCache;
  /** Null: a missing utterance is left out without a problem (checking only). */
  speak: Speak | null;
}

/** A turn with its clips as indices into `ScenarioSpeech.clips`. */
export interface SpokenTurn {
  name: string;
  clip: number;
  bargeInClip: number | null;
  /** As written; null for a turn of a `clips` folder. */
  turn: Turn | null;
}

export interface ScenarioSpeech {
  clips: PlanClip[];
  /** By users entry, then conversation. */
  turns: SpokenTurn[][][];
  problems: ValueProblem[];
  /** Not the scenario's fault: the offline voice broke. */
  failure: AppError | null;
}

const byName = new Intl.Collator('en', { numeric: true });
const longestName = 120;

class Gathering {
  readonly clips: PlanClip[] = [];
  readonly problems: ValueProblem[] = [];
  failure: AppError | null = null;
  readonly #sources: SpeechSources;
  readonly #wire: WireFormat;
  readonly #known = new Map<string, Result<number>>();

  constructor(sources: SpeechSources, wire: WireFormat) {
    this.#sources = sources;
    this.#wire = wire;
  }

  async #add(key: string, path: ValuePath, make: () => Promise<Result<PlanClip> | null>): Promise<number> {
    let result = this.#known.get(key);
    if (!result) {
      const made = await make();
      if (made === null) return -1;
      result = made.ok ? ok(this.clips.push(made.value) - 1) : made;
      this.#known.set(key, result);
    }
    if (result.ok) return result.value;
    if (result.error.kind === 'invalid_input')
      this.problems.push({ path: [...path], message: result.error.message });
    else this.failure ??= result.error;
    return -1;
  }

  /** Adds an audio file; −1 when it is no good, with a problem. */
  file(file: string, path: ValuePath): Promise<number> {
    return this.#add(file, path, async () => {
      const read = await readClip(file);
      return read.ok ? toWire(basename(file), file, read.value, this.#wire) : read;
    });
  }

  /** Adds spoken words. */
  words(text: string, voice: Voice, path: ValuePath): Promise<number> {
    const utterance = utteranceOf(text, voice);
    const name =
      utterance.text.length > longestName ? `${utterance.text.slice(0, longestName - 1)}…` : utterance.text;
    return this.#add(addressOf(utterance), path, async () => {
      const cached = await this.#sources.cache.find(utterance);
      if (cached !== null) {
        const read = await readClip(cached);
        return read.ok ? toWire(name, cached, read.value, this.#wire) : read;
      }
      if (utterance.provider === 'azure') {
        const message =
          `there is no audio of ${JSON.stringify(name)} by ${utterance.voice}, and speech of Azure cannot be made yet; ` +
          'give the turn a clip, or use voice: { provider: offline }';
        return { ok: false, error: { kind: 'invalid_input', code: 'speech_missing', message } };
      }
      if (!this.#sources.speak) return null;
      const spoken = await this.#sources.speak(utterance);
      return spoken.ok ? toWire(name, JSON.stringify(name), spoken.value, this.#wire) : spoken;
    });
  }

  async turn(turn: Turn, i: number, conversation: Conversation, path: ValuePath): Promise<SpokenTurn> {
    const voice = turn.voice ?? conversation.voice;
    const either = async (part: { say?: string | undefined; clip?: string | undefined }, at: ValuePath) => {
      if (part.clip !== undefined)
        return await this.file(resolve(this.#sources.folder, part.clip), [...at, 'clip']);
      return part.say === undefined ? null : await this.words(part.say, voice, [...at, 'say']);
    };
    return {
      name: turn.name ?? `turn ${i + 1}`,
      clip: (await either(turn, path)) ?? -1,
      bargeInClip: turn.barge_in ? await either(turn.barge_in, [...path, 'barge_in']) : null,
      turn,
    };
  }

  async folder(name: string, path: ValuePath): Promise<SpokenTurn[]> {
    const folder = resolve(this.#sources.folder, name);
    let files: string[];
    try {
      files = (await readdir(folder)).filter((file) => /\.(pcm|wav)$/i.test(file)).sort(byName.compare);
    } catch {
      this.problems.push({ path: [...path], message: `there is no folder ${folder}` });
      return [];
    }
    if (files.length === 0) {
      this.problems.push({ path: [...path], message: `the folder ${folder} has no .pcm or .wav files` });
    }
    const turns: SpokenTurn[] = [];
    for (const file of files) {
      turns.push({
        name: file,
        clip: await this.file(join(folder, file), path),
        bargeInClip: null,
        turn: null,
      });
    }
    return turns;
  }
}

/** Gathers the audio of a scenario in the wire's format. Problems carry the path of the turn they belong to. */
export async function gatherSpeech(file: ScenarioFile, sources: SpeechSources): Promise<ScenarioSpeech> {
  const gathering = new Gathering(sources, {
    sampleRate: file.audio.sample_rate,
    frameMs: file.audio.chunk,
    maxFrames: file.audio.max_chunks,
    speechLevel: file.audio.speech_level,
  });
  const turns: SpokenTurn[][][] = [];
  for (const [i, user] of file.users.entries()) {
    const ofUser: SpokenTurn[][] = [];
    for (const [j, conversation] of user.conversations.entries()) {
      const path = ['users', i, 'conversations', j];
      const spoken: SpokenTurn[] = [];
      if (conversation.clips !== undefined)
        spoken.push(...(await gathering.folder(conversation.clips, [...path, 'clips'])));
      for (const [k, turn] of (conversation.turns ?? []).entries()) {
        spoken.push(await gathering.turn(turn, k, conversation, [...path, 'turns', k]));
      }
      ofUser.push(spoken);
    }
    turns.push(ofUser);
  }
  return { clips: gathering.clips, turns, problems: gathering.problems, failure: gathering.failure };
}
