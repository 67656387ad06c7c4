/** Which clips of a folder belong to one conversation, and in which order. */
import { readEntries, type ManifestLine, manifestName } from '../audio/manifest.ts';
import { isClipName, placeOfName } from '../audio/names.ts';
import { readSidecars } from '../audio/sidecars.ts';
import { naturally } from './clipPaths.ts';

/** `line`: what the manifest, or the file beside it, says of it. */
export interface FolderClip {
  filename: string;
  line: ManifestLine | null;
}

export interface FolderGroup {
  name: string;
  clips: FolderClip[];
}

interface PlacedClip extends FolderClip {
  conversation: string;
  turn: number | null;
  turns: number;
}

const mostNamed = 3;

async function linesOf(folder: string, names: readonly string[], notes: string[]): Promise<ManifestLine[]> {
  const lines = new Map<string, ManifestLine>();
  try {
    const entries = await readEntries(folder);
    const broken = entries.filter(({ line }) => line === null).length;
    if (broken > 0)
      notes.push(
        `${broken} ${broken === 1 ? 'line' : 'lines'} of ${manifestName} cannot be read and ${broken === 1 ? 'was' : 'were'} passed over.`,
      );
    // A later line of the same file is the newer one: the original tool only adds.
    for (const { line } of entries) if (line) lines.set(line.filename, line);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    notes.push(`${manifestName} cannot be read (${why}); the clips are taken by their names.`);
  }
  for (const line of await readSidecars(folder, names, new Set(lines.keys()))) lines.set(line.filename, line);
  return [...lines.values()];
}

function whole(n: number | null | undefined): number | null {
  return typeof n === 'number' && Number.isInteger(n) && n >= 1 ? n : null;
}

function placed(clip: FolderClip, otherwise: string): PlacedClip {
  const byName = placeOfName(clip.filename);
  const said = clip.line?.scenario?.trim() ?? '';
  return {
    ...clip,
    conversation: said === '' ? (byName?.conversation ?? otherwise) : said,
    turn: whole(clip.line?.turn_index) ?? byName?.turn ?? null,
    turns: whole(clip.line?.turn_count) ?? byName?.turns ?? 0,
  };
}

function byTurn(a: PlacedClip, b: PlacedClip): number {
  return (a.turn ?? Infinity) - (b.turn ?? Infinity) || naturally(a.filename, b.filename);
}

/** One clip for each turn: the original tool makes them for a conversation of one turn, of two, of three …; the longest is whole. */
function oneForEachTurn(clips: readonly PlacedClip[], name: string, notes: string[]): PlacedClip[] {
  const chosen = new Map<number, PlacedClip>();
  const others: PlacedClip[] = [];
  for (const clip of clips) {
    if (clip.turn === null) {
      others.push(clip);
      continue;
    }
    const there = chosen.get(clip.turn);
    if (!there || clip.turns >= there.turns) chosen.set(clip.turn, clip);
    if (there && there.line?.text !== clip.line?.text)
      notes.push(
        `Turn ${clip.turn} of ${JSON.stringify(name)} is there with other words; ${chosen.get(clip.turn)?.filename ?? ''} was taken.`,
      );
  }
  return [...chosen.values(), ...others].sort(byTurn);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/**
 * The conversations of a folder: by the scenario its manifest (or the file beside a clip) names, else by the clips' own
 * names, else all of them in their natural order as one called `otherwise`. Spoken by several voices they are one each.
 */
export async function groupsOf(
  folder: string,
  names: readonly string[],
  otherwise: string,
): Promise<{ groups: FolderGroup[]; notes: string[] }> {
  const notes: string[] = [];
  const lines = await linesOf(folder, names, notes);
  const files = names.filter(isClipName).sort(naturally);
  const described = new Set(lines.map((line) => line.filename));
  const unlisted = files.filter((name) => !described.has(name));
  const clips: FolderClip[] =
    lines.length > 0
      ? lines.map((line) => ({ filename: line.filename, line }))
      : files.map((filename) => ({ filename, line: null }));
  if (lines.length > 0 && unlisted.length > 0) {
    const more = unlisted.length > mostNamed ? ` and ${unlisted.length - mostNamed} more` : '';
    notes.push(
      `${unlisted.slice(0, mostNamed).join(', ')}${more} ${unlisted.length === 1 ? 'is' : 'are'} not in ${manifestName} and ${unlisted.length === 1 ? 'was' : 'were'} left out; import ${unlisted.length === 1 ? 'it' : 'them'} from a folder without one.`,
    );
  }
  const groups: FolderGroup[] = [];
  const byConversation = grouped(
    clips.map((clip) => placed(clip, otherwise)),
    (clip) => clip.conversation,
  );
  for (const [conversation, members] of byConversation) {
    const byVoice = grouped(members, (clip) => clip.line?.voice ?? '');
    const overlap = oneForEachTurn(members, conversation, []).length < members.length;
    if (byVoice.size > 1 && overlap) {
      for (const [voice, same] of byVoice) {
        const name = voice === '' ? conversation : `${conversation} ${voice}`;
        groups.push({ name, clips: oneForEachTurn(same, name, notes) });
      }
    } else groups.push({ name: conversation, clips: oneForEachTurn(members, conversation, notes) });
  }
  return { groups, notes };
}
