import type { AppError } from '#contract/errors';

/** Something told to the operator at the lower right. Errors stay until dismissed. */
export interface Message {
  id: number;
  tone: 'info' | 'error';
  text: string;
  detail: string | null;
  /** Something that can be done about it, like taking it back. */
  action: { label: string; run: () => void } | null;
}

const infoStaysMs = 6000;
/** What can be taken back stays long enough to be read and reached. */
const offerStaysMs = 12_000;
const most = 4;

/** An error with everything that is known about it, for copying. */
export function describeError(error: AppError): string {
  const lines = [error.message, `${error.kind} / ${error.code}`];
  if (error.detail) lines.push(error.detail);
  if (error.cause) lines.push(`Caused by: ${describeError(error.cause)}`);
  return lines.join('\n');
}

class Messages {
  #list: Message[] = $state.raw([]);
  #lastId = 0;

  get list(): Message[] {
    return this.#list;
  }

  info(text: string): void {
    const id = this.#add({ tone: 'info', text, detail: null, action: null });
    setTimeout(() => this.dismiss(id), infoStaysMs);
  }

  /** Tells something that can still be acted upon, and how. */
  offer(text: string, label: string, run: () => void): void {
    const id = this.#add({ tone: 'info', text, detail: null, action: { label, run } });
    setTimeout(() => this.dismiss(id), offerStaysMs);
  }

  error(error: AppError): void {
    this.#add({ tone: 'error', text: error.message, detail: describeError(error), action: null });
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((message) => message.id !== id);
  }

  #add(message: Omit<Message, 'id'>): number {
    const id = ++this.#lastId;
    const others = this.#list.filter((m) => m.text !== message.text);
    this.#list = [...others, { ...message, id }].slice(-most);
    return id;
  }
}

export const messages = new Messages();
