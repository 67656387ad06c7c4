/** Does something as one who owns nothing here: root may write everywhere, so a test of permissions has to step down. */
export async function withoutRights<T>(work: () => Promise<T>): Promise<T> {
  if (process.seteuid === undefined || process.geteuid?.() !== 0) return await work();
  process.seteuid(65_534);
  try {
    return await work();
  } finally {
    process.seteuid(0);
  }
}
