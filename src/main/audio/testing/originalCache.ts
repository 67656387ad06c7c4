/** A folder of clips as the original tool leaves it: its names, its manifest, its sidecar files. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf, tone } from './clips.ts';

const voice = 'en-US-JennyMultilingualNeural';

/** A turn of the original tool's conversations. */
export interface OriginalTurn {
  scenario: string;
  turn: number;
  turns: number;
  text: string;
}

/** Writes the turns; answers with their file names. `sidecars`, `manifest`: whether it wrote those. */
export async function writeOriginalCache(
  folder: string,
  turns: readonly OriginalTurn[],
  { sidecars = true, manifest = true } = {},
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const lines: string[] = [];
  const names: string[] = [];
  for (const { scenario, turn, turns: count, text } of turns) {
    const hash = createHash('md5').update(`${text}|${voice}`).digest('hex').slice(0, 10);
    const label = `${scenario}-turn-${turn}-of-${count}`;
    const stem = `${label.replaceAll('_', '-')}_${hash}`;
    const meta = {
      filename: `${stem}.pcm`,
      path: `tests/load/audio_cache/${stem}.pcm`,
      text,
      voice,
      sample_rate: 16_000,
      style: 'chat',
      rate: '+0%',
      duration_seconds: 0.5,
      label,
      scenario,
      turn_index: turn,
      turn_count: count,
      created_at: '2025-09-03T18:21:09.123456Z',
      hash,
    };
    await writeFile(join(folder, `${stem}.pcm`), bytesOf(tone(500, { level: 0.2 })));
    if (sidecars) await writeFile(join(folder, `${stem}.json`), JSON.stringify(meta, null, 2));
    lines.push(`${JSON.stringify(meta)}\n`);
    names.push(`${stem}.pcm`);
  }
  if (manifest) await writeFile(join(folder, 'manifest.jsonl'), lines.join(''));
  return names;
}
