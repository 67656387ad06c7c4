/** Chat sessions and what is said in them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { generationMs, streamTokens, tokensFor } from '../tokens.ts';
import { forgetOldest, type Accounts } from './accounts.ts';
import type { Exchange } from './exchange.ts';

const Message = z.object({ session_id: z.string(), message: z.string().min(1).max(100_000) });
const mostSessions = 100_000;
/** Messages of a session that are kept. */
const mostMessages = 40;

interface ChatMessage {
  role: 'user' | 'assistant';
  content: string;
}

interface ChatSession {
  id: string;
  username: string;
  created_at: string;
  messages: ChatMessage[];
}

export class Chat {
  readonly #accounts: Accounts;
  readonly #sessions = new Map<string, ChatSession>();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Opens a session: 201 with its id. */
  open(exchange: Exchange, now: bigint): void {
    const username = this.#accounts.authorise(exchange);
    if (username === null) return;
    exchange.request.after(now, exchange.request.slowMs(), () => {
      const session = { id: randomUUID(), username, created_at: new Date().toISOString(), messages: [] };
      this.#sessions.set(session.id, session);
      forgetOldest(this.#sessions, mostSessions);
      exchange.answer(201, { id: session.id, created_at: session.created_at });
    });
  }

  /** A session of who asks, with its messages. */
  show(exchange: Exchange, now: bigint, id: string): void {
    const username = this.#accounts.authorise(exchange);
    if (username === null) return;
    exchange.request.after(now, exchange.request.slowMs(), () => {
      const session = this.#find(exchange, id, username);
      if (session)
        exchange.answer(200, {
          id: session.id,
          created_at: session.created_at,
          messages: session.messages,
        });
    });
  }

  /** Answers when all of the answer is there. */
  say(exchange: Exchange): void {
    this.#hear(exchange, (session, received) => {
      const { request } = exchange;
      const tokens = tokensFor(request);
      request.after(received, generationMs(request, tokens.length), () => {
        const answer = tokens.join('');
        keep(session, { role: 'assistant', content: answer });
        exchange.answer(200, { session_id: session.id, answer, tokens: tokens.length });
      });
    });
  }

  /** Answers with server-sent events, one for each token, and `[DONE]` in the end. */
  stream(exchange: Exchange): void {
    this.#hear(exchange, (session, received) => {
      const tokens = tokensFor(exchange.request);
      exchange.request.after(received, 0, (now) => {
        exchange.beginEvents();
        streamTokens(exchange.request, now, tokens, {
          token: (token) => exchange.event(garbled(exchange, JSON.stringify({ token }))),
          done: () => {
            keep(session, { role: 'assistant', content: tokens.join('') });
            exchange.endEvents('[DONE]');
          },
          cut: () => exchange.cut(),
        });
      });
    });
  }

  #hear(exchange: Exchange, run: (session: ChatSession, received: bigint) => void): void {
    exchange.readJson((body, received) => {
      const username = this.#accounts.authorise(exchange);
      if (username === null) return;
      const message = Message.safeParse(body);
      if (!message.success) {
        exchange.answer(422, { detail: 'session_id and message are needed' });
        return;
      }
      const session = this.#find(exchange, message.data.session_id, username);
      if (!session) return;
      keep(session, { role: 'user', content: message.data.message });
      run(session, received);
    });
  }

  #find(exchange: Exchange, id: string, username: string): ChatSession | null {
    const session = this.#sessions.get(id);
    if (session?.username === username) return session;
    exchange.answer(404, { detail: 'there is no such session' });
    return null;
  }
}

function keep(session: ChatSession, message: ChatMessage): void {
  session.messages.push(message);
  if (session.messages.length > mostMessages) session.messages.shift();
}

function garbled(exchange: Exchange, data: string): string {
  if (!exchange.request.draws.garbage) return data;
  exchange.request.noteFault('garbage');
  return data.slice(0, data.length / 2);
}
