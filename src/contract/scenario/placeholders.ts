/**
 * `${env:NAME}` and `${secret:NAME}`: written in a scenario, filled in when a run starts, never stored. In the texts of
 * requests also `${name}` and `${name.field}`, filled in for every iteration, and `$${` for a plain `${`.
 */

export interface Placeholder {
  /** As written, with its braces. */
  text: string;
  kind: 'env' | 'secret';
  name: string;
}

/** A variable or a row of data, or a part of its value: `${name}`, `${name.field}`, `${name.list[0]}`. */
export interface VariablePlaceholder {
  text: string;
  kind: 'variable';
  name: string;
  /** Names or numbers of the parts, from outside to inside; empty: the whole value. */
  fields: string[];
}

const any = /\$\{([^}]*)\}/g;
const anyOrEscaped = /\$\$\{|\$\{([^}]*)\}/g;

function ofRun(text: string, inside: string): Placeholder | null {
  const match = /^(env|secret):([A-Za-z_][A-Za-z0-9_]*)$/.exec(inside);
  const name = match?.[2];
  return match && name !== undefined ? { text, kind: match[1] === 'env' ? 'env' : 'secret', name } : null;
}

/** The placeholders of a text; `problem` when one is malformed. */
export function placeholdersIn(text: string): { found: Placeholder[]; problem: string | null } {
  const found: Placeholder[] = [];
  let problem: string | null = null;
  for (const [whole, inside = ''] of text.matchAll(any)) {
    const placeholder = ofRun(whole, inside);
    if (placeholder) found.push(placeholder);
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

/** The placeholders of a text of a request; `problem` when one is malformed. */
export function templatePlaceholders(text: string): {
  found: (Placeholder | VariablePlaceholder)[];
  problem: string | null;
} {
  const found: (Placeholder | VariablePlaceholder)[] = [];
  let problem: string | null = null;
  for (const [whole, inside] of text.matchAll(anyOrEscaped)) {
    if (inside === undefined) continue;
    const variable = /^([A-Za-z_][A-Za-z0-9_]*)((?:\.[^.[\]{}]+|\[\d+\])*)$/.exec(inside);
    const placeholder = ofRun(whole, inside);
    if (placeholder) found.push(placeholder);
    else if (variable?.[1] !== undefined)
      found.push({
        text: whole,
        kind: 'variable',
        name: variable[1],
        fields: (variable[2] ?? '').split(/[.[\]]+/).filter((part) => part !== ''),
      });
    else
      problem ??= `${whole} is not understood; write \${name}, \${name.field}, \${env:NAME} or \${secret:NAME}, and $\${ for a plain \${`;
  }
  const open = text.replaceAll(anyOrEscaped, '').includes('${');
  if (open) problem ??= `has a "\${" without its "}"; write $\${ for a plain \${`;
  return { found, problem };
}

/** Fills in what is known when a run starts; variables and `$${` stay, and what is filled in is never taken for one of them. */
export function fillTemplate(text: string, fill: (placeholder: Placeholder) => string): string {
  return text.replaceAll(anyOrEscaped, (whole, inside?: string) => {
    const placeholder = inside === undefined ? null : ofRun(whole, inside);
    return placeholder ? fill(placeholder).replaceAll('${', () => '$${') : whole;
  });
}
