/** A command line as words, as a shell reads it: quotes, backslashes, continued lines, comments. Nothing is run or filled in. */

export interface ShellWord {
  text: string;
  /** `;`, `&&`, `|`, `>`, a line's end …: what ends a command. */
  operator: boolean;
}

const operators = /&&|\|\||;;|[;&|()\n]|\d?>{1,2}(?:&\d)?|<{1,2}/y;

/** Quoted text from after its quote; where it ends (after the closing quote, or at the end of the text). */
function quoted(text: string, from: number, quote: string): { value: string; next: number } {
  let value = '';
  let i = from;
  for (; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === quote) return { value, next: i + 1 };
    if (quote === '"' && c === '\\' && /["\\$`\n]/.test(text.charAt(i + 1))) {
      i++;
      if (text.charAt(i) !== '\n') value += text.charAt(i);
    } else value += c;
  }
  return { value, next: i };
}

/** Splits a text; a continued line (`\`, PowerShell's backtick, `^` at its end) is one. */
export function shellWords(written: string): ShellWord[] {
  const text = written.replaceAll(/\r\n?/g, '\n').replaceAll(/[ \t]+[`^]\n/g, ' \\\n');
  const words: ShellWord[] = [];
  let word: string | null = null;
  const end = () => {
    if (word !== null) words.push({ text: word, operator: false });
    word = null;
  };
  for (let i = 0; i < text.length;) {
    const c = text.charAt(i);
    operators.lastIndex = i;
    const operator = word !== null && /\d/.test(c) ? null : operators.exec(text);
    if (c === '\\') {
      if (text.charAt(i + 1) !== '\n') word = (word ?? '') + text.charAt(i + 1);
      i += 2;
    } else if (c === "'" || c === '"') {
      const { value, next } = quoted(text, i + 1, c);
      word = (word ?? '') + value;
      i = next;
    } else if (c === '$' && /^\$(\{\{.*?\}\}|\{[^}\n]*\}|\([^)\n]*\))/.test(text.slice(i, i + 200))) {
      const [whole = c] = /^\$(\{\{.*?\}\}|\{[^}\n]*\}|\([^)\n]*\))/.exec(text.slice(i, i + 200)) ?? [];
      word = (word ?? '') + whole;
      i += whole.length;
    } else if (c === '#' && word === null) {
      const newline = text.indexOf('\n', i);
      i = newline === -1 ? text.length : newline;
    } else if (operator) {
      end();
      words.push({ text: operator[0], operator: true });
      i += operator[0].length;
    } else if (/\s/.test(c)) {
      end();
      i++;
    } else {
      word = (word ?? '') + c;
      i++;
    }
  }
  end();
  return words;
}

/** The commands of a text, each as its words; redirections and the files they name are left away. */
export function shellCommands(text: string): string[][] {
  const commands: string[][] = [];
  let command: string[] = [];
  let skip = false;
  for (const word of shellWords(text)) {
    if (!word.operator) {
      if (!skip) command.push(word.text);
      skip = false;
    } else if (/[<>]/.test(word.text)) skip = !word.text.includes('&');
    else {
      if (command.length > 0) commands.push(command);
      command = [];
      skip = false;
    }
  }
  return command.length > 0 ? [...commands, command] : commands;
}
