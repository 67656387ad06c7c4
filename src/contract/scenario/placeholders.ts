/** `${env:NAME}` and `${secret:NAME}`: written in a scenario, filled in when a run starts, never stored. */

export interface Placeholder {
  /** As written, with its braces. */
  text: string;
  kind: 'env' | 'secret';
  name: string;
}

const any = /\$\{([^}]*)\}/g;

/** The placeholders of a text; `problem` when one is malformed. */
export function placeholdersIn(text: string): { found: Placeholder[]; problem: string | null } {
  const found: Placeholder[] = [];
  let problem: string | null = null;
  for (const [whole, inside = ''] of text.matchAll(any)) {
    const match = /^(env|secret):([A-Za-z_][A-Za-z0-9_]*)$/.exec(inside);
    const name = match?.[2];
    if (match && name !== undefined)
      found.push({ text: whole, kind: match[1] === 'env' ? 'env' : 'secret', name });
    else problem ??= `${whole} is not understood; write \${env:NAME} or \${secret:NAME}`;
  }
  return { found, problem };
}

/** Replaces each placeholder by what `fill` gives for it; what is filled in is not looked at again. */
export function fillPlaceholders(text: string, fill: (placeholder: Placeholder) => string): string {
  return text.replaceAll(any, (whole) => {
    const placeholder = placeholdersIn(whole).found[0];
    return placeholder ? fill(placeholder) : whole;
  });
}
