/** Starting other programs: quietly, visibly, or in this one's place. */
import { spawn } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { root } from './paths.mjs';

/** A line about what is going on. On standard error, because standard output belongs to the command that is run. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** An expected failure: shown as its message alone. */
export class SetupError extends Error {}

/** Environment in which `node` is the given one, also for programs that look it up. */
export function withNode(node, env = process.env) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: `${dirname(node)}${delimiter}${env[name] ?? ''}` };
}

/** Runs a program and keeps its output. Resolves also when it fails; `code` is null when it could not start or was killed. */
export function capture(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Runs a program with its output on standard error. Resolves with its exit code. */
export function show(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.once('error', (error) => {
      say(error.message);
      resolve(null);
    });
    child.once('close', (code) => resolve(code));
  });
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const sameKeypressMs = 300;

/**
 * Runs a program in this one's place: same terminal, same signals, same exit code. Ctrl-C in a terminal reaches the
 * program by itself as well, and npm passes it on a second time; the command line takes presses that arrive together for one.
 */
export function become(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    const last = new Map();
    const pass = (signal) => {
      const now = performance.now();
      if (now - (last.get(signal) ?? -Infinity) < sameKeypressMs) return;
      last.set(signal, now);
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const end = (result) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(result);
    };
    child.once('error', (error) => end({ code: null, signal: null, error }));
    child.once('close', (code, signal) => end({ code, signal, error: null }));
  });
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** The exit code a shell would show for how a program ended. */
export function exitCode({ code, signal }) {
  return code ?? 128 + (signalNumbers[signal] ?? 0);
}
