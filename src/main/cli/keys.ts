/** Single keys while a command goes on. The terminal is told not to wait for Enter, and thus no longer makes signals of Ctrl-C and its like: these are made here. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What is needed of standard input; the process's own and a test's fit. */
export interface KeyInput {
  isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (data: Buffer | string) => void): unknown;
  off(event: 'data', listener: (data: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** What a terminal would have done by itself, and what it tells. */
export interface KeySystem {
  /** Sends a signal to everyone in the foreground, as a terminal does. */
  raise(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void;
  /** Whether this process is in the foreground: in the background it would be stopped for touching the terminal. */
  foreground(): boolean;
  /** Tells that the process goes on after it was stopped, and that it ends, until the returned function is called. */
  onContinue(listener: () => void): () => void;
  onExit(listener: () => void): () => void;
}

const signals = { '\u0003': 'SIGINT', '\u001c': 'SIGQUIT', '\u001a': 'SIGTSTP' } as const;

function isSignalKey(key: string): key is keyof typeof signals {
  return key in signals;
}

/**
 * Tells of every key until the returned function is called, which gives the terminal back as it was; so does every end
 * of the process. null where there is no terminal to read from, or this process is in its background.
 */
export function listenForKeys(
  input: KeyInput,
  system: KeySystem,
  listener: (key: string) => void,
): (() => void) | null {
  if (input.isTTY !== true || input.setRawMode === undefined || !system.foreground()) return null;
  let reading = false;
  const take = () => {
    if (reading || !system.foreground()) return;
    reading = true;
    input.setRawMode?.(true);
    input.on('data', onData);
    input.resume();
  };
  const giveBack = () => {
    if (!reading) return;
    reading = false;
    input.off('data', onData);
    input.setRawMode?.(false);
    input.pause();
  };
  const onData = (data: Buffer | string) => {
    const text = data.toString();
    // Arrows and function keys are several characters, letters among them.
    if (text.startsWith('\u001b')) return;
    for (const key of text) {
      if (!isSignalKey(key)) listener(key);
      else {
        // A stopped process must not keep the terminal; it takes it again when it goes on.
        if (signals[key] === 'SIGTSTP') giveBack();
        system.raise(signals[key]);
      }
    }
  };
  const forget = [system.onContinue(take), system.onExit(giveBack)];
  take();
  return () => {
    giveBack();
    for (const off of forget) off();
  };
}

/** This process and its terminal. `raise` is for where processes have no groups. */
export function processSystem(raise: (signal: 'SIGINT') => void): KeySystem {
  const on = (event: 'SIGCONT' | 'exit', listener: () => void) => {
    process.on(event, listener);
    return () => process.off(event, listener);
  };
  const windows = process.platform === 'win32';
  return {
    raise(signal) {
      if (!windows) process.kill(0, signal);
      else if (signal === 'SIGINT') raise(signal);
    },
    foreground: () => windows || inForeground(),
    onContinue: (listener) => (windows ? () => undefined : on('SIGCONT', listener)),
    onExit: (listener) => on('exit', listener),
  };
}

/** Whether the terminal's foreground process group is ours. */
function inForeground(): boolean {
  const [group, foreground] = process.platform === 'linux' ? groupsFromProc() : groupsFromPs();
  return group !== undefined && group === foreground;
}

/** `pid (name) state ppid pgrp session tty_nr tpgid …`; the name may hold anything. */
function groupsFromProc(): (string | undefined)[] {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [fields[2], fields[5]];
  } catch {
    return [];
  }
}

function groupsFromPs(): (string | undefined)[] {
  const ps = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], {
    encoding: 'utf8',
    timeout: 1000,
  });
  return ps.status === 0 ? ps.stdout.trim().split(/\s+/) : [];
}
