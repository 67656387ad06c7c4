/** Collects the clips that are wanted of one format, then reads or speaks them several at a time, each once. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { PlanClip } from '#engine/plan';
import { fail, type AppError, type Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { Conversation, Turn, Voice } from '#contract/scenario/file';
import type { ValuePath } from '#contract/scenario/shape';
import { addressOf, utteranceOf } from '../audio/address.ts';
import type { ClipCache } from '../audio/cache.ts';
import { readClip, toWire, type WireFormat } from '../audio/clips.ts';
import type { ClipPlace } from '../audio/names.ts';
import { severalAtATime } from '../audio/several.ts';
import { shortened, type Speak } from '../audio/speaker.ts';

export interface SpeechSources {
  /** The scenario's own folder: relative paths begin here. */
  folder: string;
  cache: ClipCache;
  /** Null: a missing utterance is left out without a problem (checking only). */
  speak: Speak | null;
  /** Gives up what is still to be spoken; `failure` is then the error `cancelled`. */
  signal?: AbortSignal | undefined;
}

/** A turn with its clips as indices into `ScenarioSpeech.clips`. */
export interface SpokenTurn {
  name: string;
  clip: number;
  bargeInClip: number | null;
  /** As written; null for a turn of a `clips` folder. */
  turn: Turn | null;
}

const byName = new Intl.Collator('en', { numeric: true });
/** So many clips are read or spoken at a time. */
const atATime = 4;

interface Wanted {
  key: string;
  path: ValuePath;
  make: () => Promise<Result<PlanClip> | null>;
}

/** Where the index of a clip goes once it is there; −1 when it is no good. */
type Place = (index: number) => void;

/** Wants are collected in the order of the scenario. */
export class Gathering {
  readonly clips: PlanClip[] = [];
  readonly problems: ValueProblem[] = [];
  failure: AppError | null = null;
  readonly #sources: SpeechSources;
  readonly #wire: WireFormat;
  readonly #wanted = new Map<string, Wanted>();
  readonly #uses: { key: string; path: ValuePath; put: Place }[] = [];

  constructor(sources: SpeechSources, wire: WireFormat) {
    this.#sources = sources;
    this.#wire = wire;
  }

  #want(wanted: Wanted, put: Place): void {
    if (!this.#wanted.has(wanted.key)) this.#wanted.set(wanted.key, wanted);
    this.#uses.push({ key: wanted.key, path: wanted.path, put });
  }

  /** Wants an audio file. */
  file(file: string, path: ValuePath, put: Place): void {
    const make = async () => {
      const read = await readClip(file);
      return read.ok ? toWire(basename(file), file, read.value, this.#wire) : read;
    };
    this.#want({ key: file, path, make }, put);
  }

  /** Wants spoken words. */
  words(text: string, voice: Voice, place: ClipPlace | null, path: ValuePath, put: Place): void {
    const { cache, speak, signal } = this.#sources;
    const utterance = utteranceOf(text, voice);
    const name = shortened(utterance.text);
    const make = async () => {
      const cached = await cache.find(utterance);
      if (cached !== null) {
        const read = await readClip(cached);
        return read.ok ? toWire(name, cached, read.value, this.#wire) : read;
      }
      if (!speak) return null;
      const spoken = await speak(utterance, { place, signal });
      return spoken.ok ? toWire(name, JSON.stringify(name), spoken.value, this.#wire) : spoken;
    };
    this.#want({ key: addressOf(utterance), path, make }, put);
  }

  turn(turn: Turn, i: number, conversation: Conversation, path: ValuePath): SpokenTurn {
    const spoken: SpokenTurn = { name: turn.name ?? `turn ${i + 1}`, clip: -1, bargeInClip: null, turn };
    const turns = conversation.turns?.length ?? 0;
    const place = { conversation: conversation.name, turn: i + 1, turns };
    this.part(turn, turn.voice ?? conversation.voice, place, path, (clip) => (spoken.clip = clip));
    // An interruption is no turn of the conversation, so its clip is not called one.
    if (turn.barge_in)
      this.part(
        turn.barge_in,
        turn.voice ?? conversation.voice,
        null,
        [...path, 'barge_in'],
        (clip) => (spoken.bargeInClip = clip),
      );
    return spoken;
  }

  /** Wants the file or the words of a part. */
  part(
    part: { say?: string | undefined; clip?: string | undefined },
    voice: Voice,
    place: ClipPlace | null,
    path: ValuePath,
    put: Place,
  ): void {
    if (part.clip !== undefined) this.file(resolve(this.#sources.folder, part.clip), [...path, 'clip'], put);
    else if (part.say !== undefined) this.words(part.say, voice, place, [...path, 'say'], put);
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
      const spoken: SpokenTurn = { name: file, clip: -1, bargeInClip: null, turn: null };
      this.file(join(folder, file), path, (clip) => (spoken.clip = clip));
      turns.push(spoken);
    }
    return turns;
  }

  /** Makes everything that is wanted; indices are given in the scenario's order, whatever is ready first. */
  async make(): Promise<void> {
    const made = new Map<string, Result<PlanClip> | null>();
    const wanted = [...this.#wanted.values()];
    await severalAtATime(wanted, atATime, async ({ key, make }) => {
      if (this.failure !== null) return;
      const result = this.#sources.signal?.aborted === true ? cancelled : await make();
      made.set(key, result);
      if (result !== null && !result.ok && !isForTheOperator(result.error)) this.failure ??= result.error;
    });
    const indices = new Map<string, number>();
    for (const { key, path, put } of this.#uses) {
      const result = made.get(key) ?? null;
      if (result?.ok === true) {
        const index = indices.get(key) ?? this.clips.push(result.value) - 1;
        indices.set(key, index);
        put(index);
      } else {
        put(-1);
        if (result && isForTheOperator(result.error))
          this.problems.push({ path: [...path], message: result.error.message });
      }
    }
  }
}

const cancelled = fail('refused', 'cancelled', 'Getting the speech ready was cancelled.');

/** Whether it is the scenario or the settings that must be changed, rather than a program or a network that failed. */
function isForTheOperator(error: AppError): boolean {
  return error.kind === 'invalid_input' || error.code === 'not_configured';
}
