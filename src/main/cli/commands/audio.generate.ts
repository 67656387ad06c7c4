/** `crosstalk audio generate`: speaks what has no clip yet, four at a time. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { GenerationItem, GenerationState } from '#contract/api/clips';
import { ok } from '#contract/errors';
import { addressOf } from '../../audio/address.ts';
import { ClipCache } from '../../audio/cache.ts';
import { readClip } from '../../audio/clips.ts';
import { Generation } from '../../audio/generation.ts';
import { searchedFolders, type PlacedConversation } from '../../audio/turnAudio.ts';
import { clipSampleRate } from '../../audio/voices/voice.ts';
import { missingClips, wantedOf, type WantedClip } from '../../audio/wanted.ts';
import { bundled } from '../../entries.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { withStudio, type OpenedStudio } from '../studio.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { AudioGenerateOptions } from './audio.options.ts';
import { namedConversations, voiceOfOptions } from './audio.sources.ts';
import { clips } from './audio.verify.ts';

const longestWords = 60;

/** What is to be done, and what the answer will say. */
interface Task {
  folder: string;
  ready: number;
  /** Taken over from other folders. */
  copied: WantedClip[];
  missing: WantedClip[];
  conversations: number;
}

/** `insurance_inquiry 2 of 5 (slt) "I'm calling about…"` */
function nameOf({ conversation, turn, place, utterance }: WantedClip): string {
  const where = place === null ? `${turn}, interruption` : `${turn} of ${place.turns}`;
  const words = truncate(utterance.text, longestWords);
  return printable(`${conversation} ${where} (${utterance.voice}) ${JSON.stringify(words)}`);
}

/** Ends with 0 when every clip is there, with 1 when one could not be made, with 130 when it was cancelled. */
export function generateAudio(
  files: readonly string[],
  options: AudioGenerateOptions,
  context: CliContext,
): Promise<ExitCode> {
  const named = filesAmong(files, options);
  return withStudio(context, async (studio) => {
    const { conversations, passedOver } = await namedConversations(
      named.files,
      named.options,
      studio.workspace,
    );
    for (const why of passedOver) sayNote(`Passed over: ${why}`, context);
    const task = await taskOf(conversations, options, studio);
    const state = await speak(task, options.force === true, studio, context);
    if (options.json === true) printJson(context.terminal, await jsonOf(task, state));
    else sayResult(task, state, context);
    if (voiceOfOptions(options) !== null && state.done + task.copied.length > 0)
      sayNote(
        'The files still name their own voices; write the voice into them, or runs speak with those.',
        context,
      );
    if (state.state === 'cancelled') return exitCodes.aborted;
    return state.failed > 0 ? exitCodes.unexpected : exitCodes.passed;
  });
}

/** `--scenarios a b calls.yaml`: what looks like a file is one, although the option takes all that follows it. */
function filesAmong(
  files: readonly string[],
  options: AudioGenerateOptions,
): { files: string[]; options: AudioGenerateOptions } {
  const isFile = (name: string) => /\.ya?ml$/i.test(name);
  const names = options.scenarios?.filter((name) => !isFile(name)) ?? [];
  const more = options.scenarios?.filter(isFile) ?? [];
  const { scenarios: _taken, ...rest } = options;
  return {
    files: [...files, ...more],
    options: names.length === 0 ? rest : { ...rest, scenarios: names },
  };
}

async function taskOf(
  conversations: readonly PlacedConversation[],
  options: AudioGenerateOptions,
  studio: OpenedStudio,
): Promise<Task> {
  const own = join(studio.workspace, 'audio_cache');
  const shared = [bundled('audio_cache'), own];
  const out = options.out === undefined ? null : resolve(options.out);
  const folder = out ?? own;
  const most = options.maxTurns ?? Number.POSITIVE_INFINITY;
  const names = new Set(conversations.map(({ draft }) => draft.name)).size;
  const base = { folder, conversations: names };
  if (options.force === true) {
    const wanted = conversations.flatMap((conversation) => wantedOf(conversation, most));
    const once = new Map(wanted.map((clip) => [addressOf(clip.utterance), clip]));
    return { ...base, ready: 0, copied: [], missing: [...once.values()] };
  }
  if (out === null) return { ...base, copied: [], ...(await missingClips(conversations, most, shared)) };
  const there = conversations.map((conversation) => ({ ...conversation, cache: out }));
  const found = await missingClips(there, most, []);
  const folders = conversations.flatMap((conversation) => searchedFolders(conversation, shared));
  const caches = { from: new ClipCache(folders), to: new ClipCache([out]), folder: out };
  const missing: WantedClip[] = [];
  const copied: WantedClip[] = [];
  for (const clip of found.missing) ((await takeOver(clip, caches)) ? copied : missing).push(clip);
  return { ...base, ready: found.ready, copied, missing };
}

/** A clip that another folder has is taken over rather than spoken once more. */
async function takeOver(
  { utterance, place }: WantedClip,
  { from, to, folder }: { from: ClipCache; to: ClipCache; folder: string },
): Promise<boolean> {
  const path = await from.find(utterance);
  const read = path === null ? null : await readClip(path);
  if (read?.ok !== true) return false;
  try {
    await to.keep(folder, utterance, read.value, place);
    return true;
  } catch {
    // Speaking it says why the folder cannot be written.
    return false;
  }
}

async function speak(
  { folder, missing, ready }: Task,
  replace: boolean,
  studio: OpenedStudio,
  context: CliContext,
): Promise<GenerationState> {
  const { terminal } = context;
  const progress = new Progress(missing, context);
  const generation = new Generation({
    voices: studio.voices,
    folder,
    replace,
    onProgress: (state) => progress.tell(state),
    onChanged: () => {},
  });
  const begun = must(await generation.start(() => Promise.resolve(ok({ missing: [...missing], ready }))));
  let cancelling: Promise<void> | null = null;
  const release = context.interrupts.listen(() => {
    if (cancelling === null) terminal.say('Cancelling; what was made is kept.');
    cancelling ??= generation.cancel();
  });
  try {
    await generation.ended();
    return generation.state ?? begun;
  } finally {
    terminal.show([]);
    release();
  }
}

/** Tells of each clip once, as it is done. */
class Progress {
  readonly #missing: readonly WantedClip[];
  readonly #context: CliContext;
  readonly #told = new Set<number>();

  constructor(missing: readonly WantedClip[], context: CliContext) {
    this.#missing = missing;
    this.#context = context;
  }

  tell({ items }: GenerationState): void {
    const { terminal } = this.#context;
    const style = terminal.sayStyle;
    const going: string[] = [];
    for (const [i, { state }] of items.entries()) {
      const clip = this.#missing[i];
      if (clip === undefined || this.#told.has(i)) continue;
      if (state === 'speaking') going.push(truncate(`  … ${nameOf(clip)}`, terminal.columns() - 1));
      if (state !== 'done' && state !== 'failed') continue;
      this.#told.add(i);
      const mark = state === 'done' ? style.green('✓') : style.red('✕');
      terminal.say(`${mark} ${this.#told.size}/${items.length} ${nameOf(clip)}`);
    }
    terminal.show([`Speaking, ${this.#told.size} of ${items.length} done`, ...going]);
  }
}

function sayNote(text: string, { terminal }: CliContext): void {
  terminal.say(`${terminal.sayStyle.yellow('Note:')} ${printable(text)}`);
}

function sayResult(task: Task, state: GenerationState, { terminal }: CliContext): void {
  const { ready, copied, missing, conversations } = task;
  const folder = printable(task.folder);
  const about = `${conversations} ${conversations === 1 ? 'conversation' : 'conversations'}`;
  if (missing.length === 0 && copied.length === 0)
    terminal.say(`Nothing is missing: ${clips(ready)} of ${about} ${ready === 1 ? 'is' : 'are'} there.`);
  else {
    const taken = copied.length === 0 ? '' : `, ${copied.length} taken over from other folders`;
    terminal.say(`${clips(state.done)} made in ${folder}${taken}; ${ready} were there already (${about}).`);
  }
  if (state.state === 'cancelled') terminal.say('Cancelled. The same command goes on with what is missing.');
  const failed = state.items.flatMap((item, i) => {
    const clip = missing[i];
    return item.state === 'failed' && clip !== undefined ? [{ clip, problem: item.problem ?? '' }] : [];
  });
  for (const [problem, group] of Map.groupBy(failed, (one) => one.problem)) {
    terminal.say(
      `${terminal.sayStyle.red('Error:')} ${clips(group.length)} could not be made: ${printable(problem)}`,
    );
    for (const { clip } of group) terminal.say(`       ${nameOf(clip)}`);
  }
}

async function jsonOf({ folder, ready, copied, missing }: Task, state: GenerationState): Promise<object> {
  const cache = new ClipCache([folder]);
  const one = ({ conversation, turn, utterance }: WantedClip) => ({
    conversation,
    turn,
    text: utterance.text,
    provider: utterance.provider,
    voice: utterance.voice,
  });
  const made = async (clip: WantedClip, how: 'spoken' | 'copied') => {
    const path = await cache.find(clip.utterance);
    const samples = path === null ? 0 : (await stat(path)).size / Int16Array.BYTES_PER_ELEMENT;
    return { ...one(clip), how, path, durationMs: (samples / clipSampleRate) * 1000 };
  };
  const withState = (wanted: GenerationItem['state']) =>
    missing.flatMap((clip, i) => {
      const item = state.items[i];
      return item?.state === wanted ? [{ clip, problem: item.problem }] : [];
    });
  return {
    folder,
    ready,
    cancelled: state.state === 'cancelled',
    made: await Promise.all([
      ...copied.map((clip) => made(clip, 'copied')),
      ...withState('done').map(({ clip }) => made(clip, 'spoken')),
    ]),
    failed: withState('failed').map(({ clip, problem }) => ({ ...one(clip), problem })),
  };
}
