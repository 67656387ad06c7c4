import { messages } from './messages.svelte.ts';

/** Puts text on the clipboard and says so, or says why it could not. */
export function copyText(text: string, done: string): void {
  navigator.clipboard.writeText(text).then(
    () => messages.info(done),
    () =>
      messages.error({
        kind: 'unavailable',
        code: 'clipboard',
        message: 'The clipboard could not be used. Select the text and copy it with the keyboard.',
        detail: text,
      }),
  );
}
