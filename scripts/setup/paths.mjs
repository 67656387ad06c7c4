import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const fromRoot = (...parts) => join(root, ...parts);

/** Parsed JSON file, or null when it is missing or broken. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** What package.json says, read anew on every call: an install may rewrite it. */
export const manifest = () => readJson(fromRoot('package.json'));

/** First of the paths that exists, or null. */
export const firstExisting = (paths) => paths.find((path) => existsSync(path)) ?? null;
