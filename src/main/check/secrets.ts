/** What a check may not show, wherever a server repeats it: headers, answers, messages. */
import type { CheckFrame, CheckStep } from '#contract/checks';
import { masked, namesSecret } from '#contract/secrets';
import type { PlanTarget } from '#engine/plan';

/** Shorter values stand in every other text. */
const shortest = 6;
/** A header of any name may have been filled in with a secret; short values of plain names are none (`staging`). */
const shortestOfPlainNames = 16;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function ofAddress(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { password, searchParams, username } = new URL(address);
  const parameters = [...searchParams].filter(([name]) => namesSecret(name)).map(([, value]) => value);
  const login =
    password === '' ? '' : Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return [password, decoded(password), login, ...parameters, ...parameters.map(encodeURIComponent)];
}

/** Everything secret a target is called with. */
function secretsOf({ headers, proxy, tls, url }: PlanTarget): string[] {
  const values = Object.entries(headers)
    .flatMap(([name, value]) => [value, ...value.split(/\s+/)].map((part) => ({ name, part })))
    .filter(({ name, part }) => namesSecret(name) || part.length >= shortestOfPlainNames)
    .map(({ part }) => part);
  const all = [
    ...values,
    ...ofAddress(url),
    ...(proxy == null ? [] : ofAddress(proxy)),
    tls.passphrase ?? '',
  ];
  return [...new Set(all)].filter((value) => value.length >= shortest).sort((a, b) => b.length - a.length);
}

/** Replaces what is secret in whatever a check says. */
export class Mask {
  readonly #secrets: readonly string[];

  /** `more`: values that were filled in elsewhere. */
  constructor(target: PlanTarget, more: readonly string[] = []) {
    const all = new Set([...secretsOf(target), ...more.filter((value) => value.length >= shortest)]);
    this.#secrets = [...all].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, masked);
    return shown;
  }

  step(step: CheckStep): CheckStep {
    return {
      ...step,
      detail: this.text(step.detail),
      advice: step.advice === null ? null : this.text(step.advice),
      facts: step.facts.map(({ name, value }) => ({ name, value: this.text(value) })),
    };
  }

  frame(frame: CheckFrame): CheckFrame {
    return frame.text === null ? frame : { ...frame, text: this.text(frame.text) };
  }
}
