const reasons: Record<string, string> = {
  ENOENT: 'the file or its folder is not there; look at the path',
  EACCES: 'permission denied; give yourself access to it',
  EPERM: 'permission denied; give yourself access to it',
  EROFS: 'the disk is read-only; choose another home with CROSSTALK_HOME',
  ENOSPC: 'the disk is full; make room and try again',
  EDQUOT: 'the disk is full; make room and try again',
  ENOTDIR: 'a file is where a folder should be; move it away',
  EEXIST: 'a file is where a folder should be; move it away',
  EISDIR: 'a folder is where the file should be; move it away',
  EIO: 'the disk does not give it back; copy it from elsewhere',
  EMFILE: 'too many files are open; close other programs and try again',
};

/** Why the disk refused something and what to do, as the end of a sentence. */
export function diskReason(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return reasons[code] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
