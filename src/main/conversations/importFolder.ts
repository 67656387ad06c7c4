/** A folder of clips into the library: one conversation for each scenario of its manifest, or of its files as they are named. */
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { longestText, mostTurns, type ConversationDraft, type DraftTurn } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { Voice } from '#contract/scenario/file';
import type { Utterance } from '../audio/address.ts';
import { ClipCache } from '../audio/cache.ts';
import { readClip } from '../audio/clips.ts';
import { writeProblem } from '../audio/folderFiles.ts';
import { utteranceOfLine } from '../audio/manifest.ts';
import { isWithin, pathFrom } from './clipPaths.ts';
import { diskRefused } from './diskErrors.ts';
import { groupsOf, type FolderClip, type FolderGroup } from './folderGroups.ts';
import type { Imported } from './importYaml.ts';
import type { Library } from './library.ts';
import { importRecording, samplesOfFile } from './recordings/fromDisk.ts';
import { finishRecording } from './recordings/finish.ts';
import { foreignAudio } from './recordings/formats.ts';

const mostNamed = 3;
const mostNotes = 100;

/** What a clip was spoken by, as a turn says it; null when a scenario cannot name it. */
function voiceOf({ provider, voice, style, rate }: Utterance): Voice | null {
  const parsed = Voice.safeParse({
    provider,
    name: voice,
    ...(style === null ? {} : { style }),
    ...(rate === null ? {} : { rate }),
  });
  return parsed.success ? parsed.data : null;
}

function isSame(a: Voice, b: Voice): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The voice of most turns: the conversation's own. */
function commonVoice(voices: readonly Voice[]): Voice {
  const count = (voice: Voice) => voices.filter((other) => isSame(voice, other)).length;
  return voices.reduce<Voice>(
    (best, voice) => (count(voice) > count(best) ? voice : best),
    voices[0] ?? { provider: 'offline', name: 'slt' },
  );
}

function named(names: readonly string[], gap = ', '): string {
  const more = names.length > mostNamed ? ` … and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(gap)}${more}`;
}

class FolderImport {
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #library: Library;
  readonly #cache: ClipCache;
  readonly #cacheFolder: string;
  /** Words whose clip is not in the folder, or cannot be read. */
  readonly #unspoken: string[] = [];

  constructor(library: Library, folder: string) {
    this.#library = library;
    this.#folder = folder;
    this.#cacheFolder = join(library.workspace, 'audio_cache');
    this.#cache = new ClipCache([this.#cacheFolder]);
  }

  /** Words and voice are kept, and the clip where they are looked for; null when it has no words that can be said again. */
  async #spoken(clip: FolderClip, group: FolderGroup): Promise<Result<DraftTurn | null>> {
    const utterance = clip.line && utteranceOfLine(clip.line);
    const voice = utterance && voiceOf(utterance);
    if (!utterance || !voice || utterance.text.length > longestText) return ok(null);
    const turn = { ...blankTurn, say: utterance.text, voice };
    const samples = await this.#audible(clip);
    if (!samples.ok) {
      if (samples.error.kind !== 'invalid_input') return samples;
      this.#unspoken.push(samples.error.message);
      return ok(turn);
    }
    const place = {
      conversation: group.name,
      turn: group.clips.indexOf(clip) + 1,
      turns: group.clips.length,
    };
    try {
      await this.#cache.keep(this.#cacheFolder, utterance, samples.value, place);
      return ok(turn);
    } catch (thrown) {
      return { ok: false, error: writeProblem(this.#cacheFolder, thrown) };
    }
  }

  async #audible({ filename, line }: FolderClip): Promise<Result<Int16Array>> {
    const read = await samplesOfFile(join(this.#folder, filename), line?.sample_rate ?? null);
    if (!read.ok) return read;
    const finished = finishRecording(read.value, { trim: false, normalise: false }, filename);
    return finished.ok ? ok(finished.value.samples) : finished;
  }

  /** What has no words is kept as a recording. Null when it cannot be read: the notes say so. */
  async #recorded(clip: FolderClip, group: FolderGroup): Promise<Result<DraftTurn | null>> {
    const path = join(this.#folder, clip.filename);
    const { workspace, folder } = this.#library;
    const name = clip.filename.slice(0, 200);
    if (isWithin(path, workspace) && (await readClip(path)).ok)
      return ok({ ...blankTurn, clip: pathFrom(folder, path, workspace), name });
    const stem = clip.filename.replace(/\.[^.]+$/, '');
    const kept = await importRecording(path, {
      workspace,
      name: stem.toLowerCase().startsWith(group.name.toLowerCase()) ? stem : `${group.name} ${stem}`,
      sampleRate: clip.line?.sample_rate ?? null,
      text: clip.line?.text ?? '',
      trim: false,
      normalise: false,
    });
    if (kept.ok) return ok({ ...blankTurn, clip: kept.value.clip, name });
    if (kept.error.kind !== 'invalid_input') return kept;
    this.notes.push(`${clip.filename} was left out: ${kept.error.message}`);
    return ok(null);
  }

  async conversation(group: FolderGroup): Promise<Result<string | null>> {
    const clips = group.clips.slice(0, mostTurns);
    if (clips.length < group.clips.length)
      this.notes.push(
        `${JSON.stringify(group.name)} has ${group.clips.length} clips; the first ${mostTurns} were brought in.`,
      );
    const turns: DraftTurn[] = [];
    for (const clip of clips) {
      const spoken = await this.#spoken(clip, group);
      const turn = spoken.ok && spoken.value === null ? await this.#recorded(clip, group) : spoken;
      if (!turn.ok) return turn;
      if (turn.value) turns.push({ ...turn.value, key: `turn-${turns.length + 1}` });
    }
    if (turns.length === 0) return ok(null);
    const voice = commonVoice(turns.flatMap((turn) => turn.voice ?? []));
    const draft: ConversationDraft = {
      name: group.name,
      weight: 1,
      voice,
      turns: turns.map((turn) => ({
        ...turn,
        voice: turn.voice && !isSame(turn.voice, voice) ? turn.voice : null,
      })),
    };
    const added = await this.#library.add(draft, this.#library.folder);
    if (!added.ok) return added;
    const { id, name } = added.value.entry;
    if (name !== group.name)
      this.notes.push(
        `There is a conversation ${JSON.stringify(group.name)} already; this one is called ${JSON.stringify(name)}.`,
      );
    return ok(id);
  }

  finish(): string[] {
    if (this.#unspoken.length > 0)
      this.notes.push(
        `${this.#unspoken.length} ${this.#unspoken.length === 1 ? 'turn has' : 'turns have'} words but no audio yet; generate it, or give the turn a recording. ${named(this.#unspoken, ' ')}`,
      );
    const more = this.notes.length - mostNotes;
    return more > 0 ? [...this.notes.slice(0, mostNotes), `… and ${more} more notes.`] : this.notes;
  }
}

const blankTurn: DraftTurn = {
  key: '',
  say: null,
  clip: null,
  name: null,
  voice: null,
  pauseBeforeMs: null,
  kept: {},
};

async function filesOf(folder: string): Promise<Result<string[]>> {
  const invalid = (message: string) => fail('invalid_input', 'folder_unreadable', message);
  try {
    if (!(await stat(folder)).isDirectory())
      return invalid(`${folder} is not a folder; name the folder that the clips are in.`);
    return ok(await readdir(folder));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return invalid(`There is no folder ${folder}.`);
    return diskRefused(`The folder ${folder} cannot be read`, thrown);
  }
}

/**
 * Brings a folder of clips in, the original tool's too. A clip whose words and voice are known is kept in the workspace's
 * cache and its turn says them; any other becomes a recording of the workspace. The folder itself is left as it is.
 * Errors: `folder_unreadable`, `no_clips`, `disk_refused`, `cache_unwritable`.
 */
export async function importFolder(library: Library, folder: string): Promise<Result<Imported>> {
  if (!isAbsolute(folder))
    return fail(
      'invalid_input',
      'folder_unreadable',
      `${folder} is not a whole path; name the folder in full.`,
    );
  const path = resolve(folder);
  const files = await filesOf(path);
  if (!files.ok) return files;
  const { groups, notes } = await groupsOf(path, files.value, basename(path) || 'clips');
  const foreign = files.value.filter((name) => foreignAudio(name) !== null);
  const otherAudio =
    foreign.length === 0
      ? null
      : `${named(foreign)} ${foreign.length === 1 ? 'is' : 'are'} neither WAV nor raw PCM: import ${foreign.length === 1 ? 'it' : 'them'} one by one in the studio, whose browser engine decodes all but AIFF and WMA, or convert to WAV.`;
  if (groups.length === 0)
    return fail(
      'invalid_input',
      'no_clips',
      otherAudio ?? `There are no clips (.pcm or .wav files) in ${path}; choose the folder that they are in.`,
    );

  const work = new FolderImport(library, path);
  work.notes.push(...notes);
  const ids: string[] = [];
  for (const group of groups) {
    const made = await work.conversation(group);
    if (!made.ok) return made;
    if (made.value !== null) ids.push(made.value);
  }
  if (otherAudio !== null) work.notes.push(otherAudio);
  const said = work.finish();
  if (ids.length === 0)
    return fail('invalid_input', 'no_clips', said[0] ?? `No clip of ${path} can be read.`, {
      detail: said.join('\n'),
    });
  return ok({ ids, notes: said });
}
