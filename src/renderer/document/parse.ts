/** A text read as YAML: its tree with the place of everything in it, and its plain value. */
import { Document, LineCounter, parseDocument } from 'yaml';

/** Values that aliases may stand for, so that a few lines cannot become millions. */
const mostAliases = 10_000;

/** Why a text is no YAML. Line and column begin at 1. */
export interface SyntaxProblem {
  line: number;
  column: number;
  message: string;
}

export interface ParsedText {
  text: string;
  document: Document;
  value: unknown;
}

const sentences: Record<string, string> = {
  DUPLICATE_KEY: 'this key stands here twice; a map has each key once',
  TAB_AS_INDENT: 'a tab cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'the file holds one document; remove what follows the second "---"',
  NON_STRING_KEY: 'a key must be plain text',
};

/** A text whose value is known already: its tree is read when it is wanted. */
export function parsedLater(text: string, value: unknown): ParsedText {
  let document: Document | null = null;
  return {
    text,
    value,
    get document() {
      if (document === null) {
        const parsed = parseText(text);
        document = 'document' in parsed ? parsed.document : new Document(value);
      }
      return document;
    },
  };
}

/** Reads a text; never throws. */
export function parseText(text: string): ParsedText | { problem: SyntaxProblem } {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      keepSourceTokens: true,
      version: '1.2',
    });
    const error = document.errors[0];
    if (error) {
      const at = lines.linePos(error.pos[0]);
      const message = sentences[error.code] ?? error.message;
      return { problem: { line: Math.max(1, at.line), column: Math.max(1, at.col), message } };
    }
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    return { text, document, value };
  } catch (thrown) {
    const deep =
      thrown instanceof RangeError || (thrown instanceof Error && /call stack/i.test(thrown.message));
    const message = deep
      ? 'this is nested too deeply'
      : thrown instanceof Error
        ? thrown.message
        : String(thrown);
    return { problem: { line: 1, column: 1, message } };
  }
}
