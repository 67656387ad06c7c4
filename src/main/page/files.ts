/** The page's files: which file a path of a URL stands for, and what it is. */
import { readFile } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wav': 'audio/wav',
};

/**
 * The file under `folder` that a URL's path (still percent-encoded) stands for, or null when it is refused:
 * anything that climbs out, hides a separator, or is not plain percent-encoding.
 */
export function pageFile(folder: string, pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (!path.startsWith('/') || /[\\\0%]/.test(path)) return null;
  const parts = path.slice(1).split('/');
  if (parts.some((part) => part === '..' || part === '.' || part.includes(':'))) return null;
  const file = resolve(folder, join('.', ...parts));
  const inside = relative(folder, file);
  if (inside.startsWith('..') || inside.split(sep).includes('..')) return null;
  return inside === '' ? join(folder, 'index.html') : file;
}

/** A file of the page with its media type; null when there is no such file or its kind is not one a page consists of. */
export async function readPageFile(
  folder: string,
  pathname: string,
): Promise<{ type: string; body: Buffer } | null> {
  const file = pageFile(folder, pathname);
  const type = file === null ? undefined : types[extname(file).toLowerCase()];
  if (file === null || type === undefined) return null;
  try {
    return { type, body: await readFile(file) };
  } catch {
    return null;
  }
}
