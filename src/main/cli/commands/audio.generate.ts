/** `crosstalk audio generate`: speaks what has no clip yet, four at a time. */
import { join, resolve } from 'node:path';
import type { AppError, Result } from '#contract/errors';
import { clipSampleRate } from '../../audio/voices/voice.ts';
import { ClipCache } from '../../audio/cache.ts';
import { readClip } from '../../audio/clips.ts';
import { severalAtATime } from '../../audio/several.ts';
import { createSpeaker } from '../../audio/speaker.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { withStudio, type OpenedStudio } from '../studio.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { AudioGenerateOptions } from './audio.options.ts';
import { clips } from './audio.verify.ts';
import { gatherWanted, voiceOfOptions, type WantedClip } from './audio.wanted.ts';

const atATime = 4;
const longestWords = 60;

interface Made {
  clip: WantedClip;
  how: 'spoken' | 'copied';
  path: string;
  durationMs: number;
}
interface Failed {
  clip: WantedClip;
  error: AppError;
}

/** `insurance_inquiry 2 (slt) "I'm calling about…"` */
function nameOf({ conversation, turn, place, utterance }: WantedClip): string {
  const where = place === null ? `${turn}, interruption` : `${turn} of ${place.turns}`;
  const words = truncate(utterance.text, longestWords);
  return printable(`${conversation} ${where} (${utterance.voice}) ${JSON.stringify(words)}`);
}

/** Which clips are there already, and which must be made. */
async function missingOf(
  wanted: readonly WantedClip[],
  out: string | null,
  force: boolean,
): Promise<WantedClip[]> {
  if (force) return [...wanted];
  const caches = new Map<string, ClipCache>();
  const has = async (clip: WantedClip, folders: string[]) => {
    const key = folders.join('\n');
    const cache = caches.get(key) ?? new ClipCache(folders);
    caches.set(key, cache);
    return (await cache.find(clip.utterance)) !== null;
  };
  const missing: WantedClip[] = [];
  for (const clip of wanted) {
    const searched = out === null ? clip.searched : [[out]];
    const found = await Promise.all(searched.map((folders) => has(clip, folders)));
    if (found.includes(false)) missing.push(clip);
  }
  return missing;
}

/** Makes clips and tells of each. */
class Generation {
  readonly made: Made[] = [];
  readonly failed: Failed[] = [];
  readonly #abort = new AbortController();
  readonly #missing: readonly WantedClip[];
  readonly #folder: string;
  readonly #context: CliContext;
  readonly #cache: ClipCache;
  readonly #force: boolean;
  readonly #speaking = new Set<WantedClip>();
  #unwritable: AppError | null = null;

  constructor(missing: readonly WantedClip[], folder: string, force: boolean, context: CliContext) {
    this.#missing = missing;
    this.#folder = folder;
    this.#context = context;
    this.#force = force;
    this.#cache = new ClipCache([folder]);
  }

  get cancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  async run(studio: OpenedStudio): Promise<void> {
    const release = this.#context.interrupts.listen(() => this.#cancel());
    const speak = createSpeaker({ voices: studio.voices, folder: this.#folder, cache: this.#cache });
    try {
      await severalAtATime(this.#missing, atATime, async (clip) => {
        if (this.cancelled) return;
        this.#speaking.add(clip);
        this.#show();
        const elsewhere = this.#force ? null : await this.#elsewhere(clip);
        const { utterance, place } = clip;
        const { signal } = this.#abort;
        const spoken: Result<Int16Array> =
          this.#unwritable !== null
            ? { ok: false, error: this.#unwritable }
            : (elsewhere ?? (await speak(utterance, { place, signal, replace: this.#force })));
        await this.#ended(clip, spoken, elsewhere === null ? 'spoken' : 'copied');
      });
    } finally {
      this.#context.terminal.show([]);
      release();
    }
  }

  #cancel(): void {
    if (this.cancelled) return;
    this.#abort.abort();
    this.#context.terminal.say('Cancelling; what was made is kept.');
  }

  /** A clip that another folder has is taken over rather than spoken once more. */
  async #elsewhere({ utterance, place, searched }: WantedClip): Promise<Result<Int16Array> | null> {
    const path = await new ClipCache(searched.flat()).find(utterance);
    if (path === null) return null;
    const read = await readClip(path);
    if (!read.ok) return null;
    try {
      await this.#cache.keep(this.#folder, utterance, read.value, place);
      return read;
    } catch {
      // Speaking it says why the folder cannot be written.
      return null;
    }
  }

  async #ended(clip: WantedClip, spoken: Result<Int16Array>, how: Made['how']): Promise<void> {
    const { terminal } = this.#context;
    this.#speaking.delete(clip);
    if (spoken.ok) {
      const path = (await this.#cache.find(clip.utterance)) ?? this.#folder;
      this.made.push({ clip, how, path, durationMs: (spoken.value.length / clipSampleRate) * 1000 });
      terminal.say(`${terminal.sayStyle.green('✓')} ${this.#count()} ${nameOf(clip)}`);
    } else if (spoken.error.code !== 'cancelled') {
      if (spoken.error.code === 'cache_unwritable') this.#unwritable = spoken.error;
      this.failed.push({ clip, error: spoken.error });
      terminal.say(`${terminal.sayStyle.red('✕')} ${this.#count()} ${nameOf(clip)}`);
    }
    this.#show();
  }

  #count(): string {
    return `${this.made.length + this.failed.length}/${this.#missing.length}`;
  }

  #show(): void {
    const { terminal } = this.#context;
    const going = [...this.#speaking].map((clip) => truncate(`  … ${nameOf(clip)}`, terminal.columns() - 1));
    terminal.show([`Speaking, ${this.#count()} done`, ...going]);
  }
}

/** Ends with 0 when every clip is there, with 1 when one could not be made, with 130 when it was cancelled. */
export function generateAudio(
  files: readonly string[],
  options: AudioGenerateOptions,
  context: CliContext,
): Promise<ExitCode> {
  const named = filesAmong(files, options);
  return withStudio(context, async (studio) => {
    const { workspace } = studio.home;
    const wanted = await gatherWanted(named.files, named.options, workspace);
    const out = options.out === undefined ? null : resolve(options.out);
    const folder = out ?? join(workspace, 'audio_cache');
    const missing = await missingOf(wanted.clips, out, options.force === true);
    const ready = wanted.clips.length - missing.length;
    for (const why of wanted.passedOver) sayNote(`Passed over: ${why}`, context);
    const generation = new Generation(missing, folder, options.force === true, context);
    await generation.run(studio);
    if (options.json === true) printJson(context.terminal, jsonOf(generation, folder, ready));
    else sayResult(generation, { folder, ready, conversations: wanted.conversations.length }, context);
    if (voiceOfOptions(options) !== null && generation.made.length > 0)
      sayNote(
        'The files still name their own voices; write the voice into them, or runs speak with those.',
        context,
      );
    if (generation.cancelled) return exitCodes.aborted;
    return generation.failed.length > 0 ? exitCodes.unexpected : exitCodes.passed;
  });
}

/** `--scenarios a b calls.yaml`: what looks like a file is one, although the option takes all that follows it. */
function filesAmong(
  files: readonly string[],
  options: AudioGenerateOptions,
): { files: string[]; options: AudioGenerateOptions } {
  const isFile = (name: string) => /\.ya?ml$/i.test(name);
  const names = options.scenarios?.filter((name) => !isFile(name));
  const more = options.scenarios?.filter(isFile) ?? [];
  const { scenarios: _taken, ...rest } = options;
  return {
    files: [...files, ...more],
    options: names === undefined || names.length === 0 ? rest : { ...rest, scenarios: names },
  };
}

function sayNote(text: string, { terminal }: CliContext): void {
  terminal.say(`${terminal.sayStyle.yellow('Note:')} ${printable(text)}`);
}

function sayResult(
  { made, failed, cancelled }: Generation,
  { folder, ready, conversations }: { folder: string; ready: number; conversations: number },
  { terminal }: CliContext,
): void {
  const about = `${conversations} ${conversations === 1 ? 'conversation' : 'conversations'}`;
  if (made.length === 0 && failed.length === 0 && !cancelled)
    terminal.say(`Nothing is missing: ${clips(ready)} of ${about} ${ready === 1 ? 'is' : 'are'} there.`);
  else {
    const copied = made.filter((one) => one.how === 'copied').length;
    const taken = copied === 0 ? '' : `, ${copied} of them taken over from another folder`;
    terminal.say(
      `${clips(made.length)} made in ${printable(folder)}${taken}; ${ready} were there already (${about}).`,
    );
  }
  if (cancelled) terminal.say('Cancelled. The same command goes on with what is missing.');
  for (const [message, group] of Map.groupBy(failed, ({ error }) => error.message)) {
    terminal.say(
      `${terminal.sayStyle.red('Error:')} ${clips(group.length)} could not be made: ${printable(message)}`,
    );
    for (const { clip } of group) terminal.say(`       ${nameOf(clip)}`);
  }
}

function jsonOf({ made, failed, cancelled }: Generation, folder: string, ready: number): object {
  const one = ({ conversation, turn, utterance }: WantedClip) => ({
    conversation,
    turn,
    text: utterance.text,
    provider: utterance.provider,
    voice: utterance.voice,
  });
  return {
    folder,
    ready,
    cancelled,
    made: made.map(({ clip, how, path, durationMs }) => ({ ...one(clip), how, path, durationMs })),
    failed: failed.map(({ clip, error }) => ({ ...one(clip), code: error.code, problem: error.message })),
  };
}
