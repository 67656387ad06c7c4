/** Markup that cannot be broken out of: whatever is put into it is text, unless it is markup itself. */

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Text for HTML, in content and in quoted attributes alike. */
function htmlText(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- what HTML has no way to write
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return htmlText(String(part));
  return part.map(written).join('');
}

/** Markup of a template; nothing for null, undefined and false. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, i) => text + written(parts[i])).join(''));
}

/** JSON for a script element: no `<` in it, so that nothing in it can end the element. */
export function jsonForScript(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value)
      .replaceAll('<', '\\u003c')
      .replaceAll('\u2028', '\\u2028')
      .replaceAll('\u2029', '\\u2029'),
  );
}

/** A column of a table. */
export interface Column {
  head: string;
  right?: boolean;
  /** Its text may be long and wraps. */
  wide?: boolean;
}

/** A table that wraps long names and repeats its head on every printed page. */
export function tableOf(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Part[])[],
): Markup {
  const kind = ({ right, wide }: Column) => (right === true ? 'right num' : wide === true ? 'wide' : '');
  const heads = columns.map((column) => markup`<th scope="col" class="${kind(column)}">${column.head}</th>`);
  const lines = rows.map(
    (cells) =>
      markup`<tr>${cells.map((cell, i) => markup`<td class="${kind(columns[i] ?? { head: '' })}">${cell}</td>`)}</tr>\n`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody></table></div>`;
}

/** A value with its exact form for a hover. */
export function exact(shown: string, full: string | number | null): Markup {
  return full === null ? markup`${shown}` : markup`<span title="${full}">${shown}</span>`;
}
