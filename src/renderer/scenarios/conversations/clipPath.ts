/** Paths of clips, which are told relative to the file that names them. */

function parts(path: string): string[] {
  const out: string[] = [];
  for (const part of path.split(/[\\/]/)) {
    if (part === '..' && out.length > 0 && out.at(-1) !== '..' && out.at(-1) !== '') out.pop();
    else if (part !== '.' && (part !== '' || out.length === 0)) out.push(part);
  }
  return out;
}

function isAbsolute(path: string): boolean {
  return /^([\\/]|[A-Za-z]:[\\/])/.test(path);
}

/** The same clip told relative to another file. Absolute paths, and those on another drive, stay absolute. */
export function clipSeenFrom(clip: string, from: string, to: string): string {
  if (isAbsolute(clip)) return clip;
  const target = parts(`${from.replace(/[^\\/]*$/, '')}${clip}`);
  const folder = parts(to).slice(0, -1);
  if (target[0] !== folder[0]) return target.join('/');
  let same = 0;
  while (same < folder.length && same < target.length - 1 && folder[same] === target[same]) same++;
  const up = folder.slice(same).map(() => '..');
  const down = target.slice(same);
  return up.length === 0 ? `./${down.join('/')}` : [...up, ...down].join('/');
}
