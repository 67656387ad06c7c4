import { EditorView } from '@codemirror/view';

/** The text editor in the app's colours; they come in from outside as custom properties. */
export const look = EditorView.theme({
  '&': {
    height: '100%',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    fontSize: '12px',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-number)',
    lineHeight: '20px',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--border-strong) transparent',
  },
  '.cm-content': { padding: '8px 0 16px', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '1.5px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--text-selected)',
  },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '40px', padding: '0 8px 0 4px' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.yaml-key': { color: 'var(--accent-text)' },
  '.yaml-comment': { color: 'var(--text-faint)' },
  '.yaml-name': { color: 'var(--text-muted)' },
  '.yaml-text': { color: 'var(--text)' },
  '.cm-found': { backgroundColor: 'var(--warn-ground)', outline: '1px solid var(--warn)' },
  '.cm-found-now': { backgroundColor: 'var(--selected)', outline: '2px solid var(--focus)' },
  '.cm-gutter-lint': { width: '16px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '3px 1px' },
  '.cm-lint-marker': { width: '13px', height: '13px' },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--warn) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    maxWidth: '480px',
    border: '1px solid var(--border-strong)',
    borderRadius: '6px',
    backgroundColor: 'var(--raised)',
    boxShadow: 'var(--float-shadow)',
    color: 'var(--text)',
    font: '400 13px / 1.4 var(--font-text)',
  },
  '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'normal' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
});
