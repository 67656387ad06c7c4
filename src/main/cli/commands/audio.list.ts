/** `crosstalk audio list`: the clips of a folder. */
import { resolve } from 'node:path';
import type { ClipFacts } from '#contract/api/clips';
import { readManifest, type ManifestLine } from '../../audio/manifest.ts';
import { placeOfName, type ClipPlace } from '../../audio/names.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { withStudio } from '../studio.ts';
import { formatTable } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { AudioListOptions } from './audio.options.ts';

interface ListedClip extends ClipFacts {
  place: ClipPlace | null;
}

/** Where a clip stands in its conversation: as the manifest says, or as its name does. */
function placeOf(clip: ClipFacts, line: ManifestLine | undefined): ClipPlace | null {
  const conversation = line?.scenario;
  const turn = line?.turn_index;
  const turns = line?.turn_count;
  if (conversation != null && turn != null) return { conversation, turn, turns: turns ?? turn };
  return placeOfName(clip.filename);
}

const levelText = (level: number | null) => (level === null ? 'silent' : level.toFixed(1));

/** Lists what is there; an empty folder is no error. */
export function listAudio(
  dir: string | undefined,
  options: AudioListOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  return withStudio(context, async ({ handlers }) => {
    const report = must(await handlers.clips.verify(dir === undefined ? {} : { folder: resolve(dir) }));
    const lines = new Map((await readManifest(report.folder)).map((line) => [line.filename, line]));
    const listed: ListedClip[] = report.clips.map((clip) => ({
      ...clip,
      place: placeOf(clip, lines.get(clip.filename)),
    }));
    if (options.json === true) printJson(terminal, listed.map(jsonOf));
    else if (listed.length === 0)
      terminal.say(
        `There are no clips in ${printable(report.folder)}. Make some: crosstalk audio generate calls.yaml`,
      );
    else terminal.out(table(listed, context));
    return exitCodes.passed;
  });
}

function jsonOf({ place, id: _id, ...clip }: ListedClip): object {
  return {
    ...clip,
    conversation: place?.conversation ?? null,
    turn: place?.turn ?? null,
    turns: place?.turns ?? null,
  };
}

function table(listed: readonly ListedClip[], { terminal }: CliContext): string {
  return formatTable(
    [
      { head: 'file' },
      { head: 'conversation' },
      { head: 'turn', align: 'right' },
      { head: 'seconds', align: 'right' },
      { head: 'dBFS', align: 'right' },
      { head: 'voice' },
      { head: 'text' },
    ],
    listed.map((clip) => [
      printable(clip.filename),
      clip.place === null ? '–' : truncate(printable(clip.place.conversation), 32),
      clip.place === null ? '–' : `${clip.place.turn}/${clip.place.turns}`,
      (clip.durationMs / 1000).toFixed(2),
      levelText(clip.level),
      clip.voice === null ? '–' : truncate(printable(clip.voice), 30),
      clip.text === null ? '–' : truncate(printable(clip.text), 60),
    ]),
    { head: terminal.style.dim },
  );
}
