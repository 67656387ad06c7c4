/** Which series of a Prometheus endpoint are meant: a metric's name and what its labels must be (`queue_depth{queue="tts"}`). */

export interface LabelMatcher {
  label: string;
  op: '=' | '!=' | '=~' | '!~';
  value: string;
}

export interface SeriesSelector {
  metric: string;
  matchers: LabelMatcher[];
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const matcherHead = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(["'])/;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

/** A quoted text, from behind its first quote on; null where it has no end. */
function quoted(text: string, quote: string): { value: string; length: number } | null {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? '';
    if (letter === quote) return { value, length: i + 1 };
    if (letter === '\\') {
      i += 1;
      const escaped = text[i] ?? '';
      // In a regular expression most escapes are its own.
      value += escapes[escaped] ?? (escaped === '\\' || escaped === quote ? escaped : `\\${escaped}`);
    } else value += letter;
  }
  return null;
}

/** The expression of a matcher, which must fit the whole value; null where it is none. */
function matcherExpression(value: string): RegExp | null {
  try {
    return new RegExp(`^(?:${value})$`, 's');
  } catch {
    return null;
  }
}

/** Reads a selector; `problem` says what is wrong, as the end of a sentence. */
export function parseSelector(text: string): { selector: SeriesSelector } | { problem: string } {
  const trimmed = text.trim();
  const metric = metricName.exec(trimmed)?.[0];
  if (metric === undefined)
    return { problem: 'must begin with the name of a metric, like queue_depth{queue="tts"}' };
  const matchers: LabelMatcher[] = [];
  let rest = trimmed.slice(metric.length).trim();
  if (rest === '') return { selector: { metric, matchers } };
  if (!rest.startsWith('{'))
    return { problem: `has ${JSON.stringify(rest)} behind the name; labels stand in { }` };
  rest = rest.slice(1);
  while (rest.trimStart() !== '}') {
    const head = matcherHead.exec(rest);
    const [whole = '', label, op, quote] = head ?? [];
    if (label === undefined || quote === undefined || !isOperator(op))
      return { problem: 'must have its labels like {queue="tts",code=~"5..",job!="x"}' };
    const value = quoted(rest.slice(whole.length), quote);
    if (value === null) return { problem: `has no closing quote behind ${label}` };
    if (op.endsWith('~') && matcherExpression(value.value) === null)
      return { problem: `has no regular expression at ${label}` };
    matchers.push({ label, op, value: value.value });
    rest = rest.slice(whole.length + value.length).trimStart();
    if (rest.startsWith(',')) rest = rest.slice(1);
    else if (rest !== '}') return { problem: 'must end with }, and have a comma between its labels' };
  }
  return { selector: { metric, matchers } };
}

function isOperator(text: string | undefined): text is LabelMatcher['op'] {
  return text === '=' || text === '!=' || text === '=~' || text === '!~';
}

/** Asks of a series whether it is meant; a label it does not have is as good as an empty one. */
export function selectorTest(
  selector: SeriesSelector,
): (metric: string, labels: Readonly<Record<string, string>>) => boolean {
  const tests = selector.matchers.map(({ label, op, value }) => {
    const expression = op.endsWith('~') ? matcherExpression(value) : null;
    return (labels: Readonly<Record<string, string>>) => {
      const found = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
      const fits = expression === null ? found === value : expression.test(found);
      return op.startsWith('!') ? !fits : fits;
    };
  });
  return (metric, labels) => metric === selector.metric && tests.every((test) => test(labels));
}
