/** The field of a form that was written in last: where a placeholder is put. */

type TextControl = HTMLInputElement | HTMLTextAreaElement;

function isText(target: EventTarget | null): target is TextControl {
  if (target instanceof HTMLTextAreaElement) return !target.readOnly;
  if (!(target instanceof HTMLInputElement) || target.readOnly || target.disabled) return false;
  // Values that sound like a secret are shown as dots.
  return target.type === 'text' || target.type === 'password';
}

export class LastField {
  #field: TextControl | null = null;
  #form: HTMLElement | null = null;

  /** Attach to the form. */
  watch = (form: HTMLElement): (() => void) => {
    this.#form = form;
    const remember = (event: FocusEvent) => {
      if (isText(event.target)) this.#field = event.target;
    };
    form.addEventListener('focusin', remember);
    return () => {
      form.removeEventListener('focusin', remember);
      this.#field = null;
    };
  };

  /** Puts a text where the caret is, in the field written in last or in the form's first; as if it were typed. */
  insert(text: string): void {
    const known = this.#field?.isConnected ? this.#field : null;
    const field = known ?? [...(this.#form?.querySelectorAll('input, textarea') ?? [])].find(isText);
    if (!field) return;
    field.focus();
    const end = field.value.length;
    field.setRangeText(text, field.selectionStart ?? end, field.selectionEnd ?? end, 'end');
    const caret = field.selectionStart;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    if (caret !== null) queueMicrotask(() => field.setSelectionRange(caret, caret));
  }
}
