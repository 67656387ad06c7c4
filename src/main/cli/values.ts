/** Values of options as they are typed; what is wrong with one is said in commander's own sentence. */
import { InvalidArgumentError } from 'commander';
import { parseDuration, parseShare } from '#contract/quantities';
import { refusals, type Refusal } from '#contract/machine';
import { maskUrl } from '#contract/secrets';
import { usage } from './exit.ts';

/** A whole number within limits. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

/** A duration with its unit, in milliseconds. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0)
    throw new InvalidArgumentError('It must be a duration with its unit, like 30s, 5m or 1m30s.');
  return ms;
}

/** An age in whole days: `30d`, `4w`. */
export function days(text: string): number {
  const found = /^\s*(\d{1,4})\s*([dw])\s*$/i.exec(text);
  const value = Number(found?.[1]) * (found?.[2]?.toLowerCase() === 'w' ? 7 : 1);
  if (!(value >= 1 && value <= 3650))
    throw new InvalidArgumentError('It must be an age in days or weeks, like 30d or 4w, up to 3650d.');
  return value;
}

/** A share of the whole, as a percentage or a number from 0 to 1; 0–1. */
export function share(text: string): number {
  const value = parseShare(text) ?? (/^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN);
  if (!(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a share, like 10% or 0.1; 100% or 1 is all of them.');
  return value;
}

/** Any text but an empty one. */
export function words(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** One of a few words. */
export function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((name) => name === text.trim().toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`It must be ${allowed.join(' or ')}.`);
    return found;
  };
}

/** Collects an option that may be given again and again. */
export function repeated(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), words(text)];
}

/** `--url URL` aims the default target, `--url NAME=URL` a named one. A second address for the same target is refused. */
export function targetUrl(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const named = /^([A-Za-z0-9_.-]+)=(.+)$/.exec(text);
  const name = named?.[1] ?? 'default';
  const url = named?.[2] ?? text;
  // Not commander's own error, which would repeat the address with whatever secret is in it.
  if (!/^wss?:\/\/[^\s/?#]+/i.test(url))
    throw usage(`--url: ${JSON.stringify(maskUrl(url))} must start with ws:// or wss:// and name a host.`);
  if (before !== undefined && name in before) {
    throw new InvalidArgumentError(
      name === 'default'
        ? 'The default target has an address already.'
        : `The target ${name} has an address already.`,
    );
  }
  return { ...before, [name]: url };
}

/** `--set path=value`; the value is read as YAML later, where the path is known. */
export function setting(text: string, before: string[] | undefined): string[] {
  if (!/^[^=\s]+=/.test(text)) {
    throw new InvalidArgumentError('Write it as PATH=VALUE, like users[0].turns_per_call=2.');
  }
  return [...(before ?? []), text];
}

/** `--force limits --force calibration` or `--force limits,calibration`. */
export function forced(text: string, before: Refusal[] | undefined): Refusal[] {
  const found = text.split(',').map((part) => {
    const refusal = refusals.find((name) => name === part.trim());
    if (refusal === undefined)
      throw new InvalidArgumentError(`It must be one or more of ${refusals.join(', ')}.`);
    return refusal;
  });
  return [...new Set([...(before ?? []), ...found])];
}
