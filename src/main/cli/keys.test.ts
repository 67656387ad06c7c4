import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenForKeys, type KeyInput, type KeySystem } from './keys.ts';

class Input extends EventEmitter implements KeyInput {
  isTTY = true;
  raw = false;
  flowing = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  resume(): void {
    this.flowing = true;
  }
  pause(): void {
    this.flowing = false;
  }
  type(text: string): void {
    this.emit('data', Buffer.from(text));
  }
}

class System implements KeySystem {
  readonly raised: string[] = [];
  inForeground = true;
  readonly listeners = new EventEmitter();
  raise(signal: string): void {
    this.raised.push(signal);
  }
  foreground(): boolean {
    return this.inForeground;
  }
  onContinue(listener: () => void): () => void {
    this.listeners.on('continue', listener);
    return () => this.listeners.off('continue', listener);
  }
  onExit(listener: () => void): () => void {
    this.listeners.on('exit', listener);
    return () => this.listeners.off('exit', listener);
  }
}

function listening() {
  const input = new Input();
  const system = new System();
  const keys: string[] = [];
  const release = listenForKeys(input, system, (key) => keys.push(key));
  if (release === null) throw new Error('Nobody listens');
  return { input, system, keys, release };
}

describe('keys', () => {
  it('are told one by one; arrows and function keys are none', () => {
    const { input, keys } = listening();
    expect(input).toMatchObject({ raw: true, flowing: true });
    input.type('w');
    input.type('WsS');
    input.type('\u001bOS');
    input.type('\u001b[A');
    expect(keys.join('')).toBe('wWsS');
  });

  it('make the signals the terminal no longer makes', () => {
    const { input, system, keys } = listening();
    input.type('\u0003');
    input.type('w\u0003\u001c');
    expect(system.raised).toEqual(['SIGINT', 'SIGINT', 'SIGQUIT']);
    expect(keys).toEqual(['w']);
  });

  it('give the terminal back when released, once, and when the process ends', () => {
    const { input, system, release, keys } = listening();
    release();
    expect(input).toMatchObject({ raw: false, flowing: false });
    input.type('w');
    system.listeners.emit('continue');
    expect(input.raw).toBe(false);
    expect(keys).toEqual([]);

    const other = listening();
    other.system.listeners.emit('exit');
    expect(other.input.raw).toBe(false);
  });

  it('give the terminal back while stopped and take it again in the foreground only', () => {
    const { input, system, keys } = listening();
    input.type('\u001a');
    expect(system.raised).toEqual(['SIGTSTP']);
    expect(input.raw).toBe(false);
    system.inForeground = false;
    system.listeners.emit('continue');
    expect(input.raw).toBe(false);
    system.inForeground = true;
    system.listeners.emit('continue');
    system.listeners.emit('continue');
    expect(input.raw).toBe(true);
    input.type('w');
    expect(keys).toEqual(['w']);
  });

  it('are not read from a pipe, nor in the background', () => {
    const input = new Input();
    input.isTTY = false;
    const system = new System();
    expect(listenForKeys(input, system, () => undefined)).toBeNull();
    input.isTTY = true;
    system.inForeground = false;
    expect(listenForKeys(input, system, () => undefined)).toBeNull();
    expect(input).toMatchObject({ raw: false, flowing: false });
  });
});
