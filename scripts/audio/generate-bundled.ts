/**
 * Speaks the bundled conversations with the offline voice into `audio_cache/` and prints how each clip measures.
 * What is there already with the same words and voice keeps its line, so that running it again changes nothing.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf, utteranceOf } from '#main/audio/address';
import { readManifest, writeAside, writeManifest, type ManifestLine } from '#main/audio/manifest';
import { finishSpeech, measureSpeech } from '#main/audio/speech';
import { speakWithFlite } from '#main/audio/voices/offline/flite';
import { clipSampleRate } from '#main/audio/voices/voice';
import { bundled } from '#main/entries';

const conversations = {
  insurance_inquiry: [
    'Hello, my name is Alice Brown, my social is 1234, and my zip code is 60601',
    "I'm calling about my auto insurance policy",
    "I need to understand what's covered under my current plan",
    'What happens if I get into an accident?',
    "Thank you for all the information, that's very helpful",
  ],
  quick_question: [
    'Hi there, I have a quick question',
    'Can you help me check my account balance?',
    "Thanks, that's all I needed to know",
  ],
};
const voice = { provider: 'offline', name: 'slt' } as const;

const folder = bundled('audio_cache');
await mkdir(folder, { recursive: true });
const before = new Map((await readManifest(folder)).map((line) => [line.filename, line]));
const lines: ManifestLine[] = [];
const figures: Record<string, Record<string, number>> = {};

for (const [scenario, turns] of Object.entries(conversations)) {
  for (const [i, text] of turns.entries()) {
    const utterance = utteranceOf(text, voice);
    const hash = addressOf(utterance);
    const samples = finishSpeech(await speakWithFlite(utterance.text, voice.name));
    const measured = samples && measureSpeech(samples);
    if (!samples || !measured) throw new Error(`The offline voice said nothing for: ${text}`);
    const filename = `${scenario}_turn_${i + 1}_of_${turns.length}_${hash.slice(0, 6)}.pcm`;
    await writeAside(join(folder, filename), new Uint8Array(samples.buffer));
    lines.push({
      filename,
      text: utterance.text,
      voice: utterance.voice,
      provider: utterance.provider,
      sample_rate: clipSampleRate,
      style: utterance.style,
      rate: utterance.rate,
      duration_seconds: samples.length / clipSampleRate,
      scenario,
      turn_index: i + 1,
      turn_count: turns.length,
      created_at: before.get(filename)?.created_at ?? new Date().toISOString(),
      hash,
    });
    figures[filename] = Object.fromEntries(
      Object.entries(measured).map(([name, value]: [string, number]) => [name, Number(value.toFixed(1))]),
    );
  }
}
await writeManifest(folder, lines);
console.table(figures);
