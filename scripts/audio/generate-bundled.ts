/**
 * Speaks the bundled conversations with the offline voice into `audio_cache/` and prints how each clip measures.
 * What is there already with the same words and voice keeps its line, so that running it again changes nothing.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf, utteranceOf } from '#main/audio/address';
import { lineFor } from '#main/audio/cache';
import { writeAside, writeManifest } from '#main/audio/folderFiles';
import { readManifest, type ManifestLine } from '#main/audio/manifest';
import { clipNames, type ClipPlace } from '#main/audio/names';
import { finishSpeech, measureSpeech } from '#main/audio/speech';
import { speakWithFlite } from '#main/audio/voices/offline/flite';
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
    const samples = finishSpeech(await speakWithFlite(utterance.text, voice.name));
    const measured = samples && measureSpeech(samples);
    if (!samples || !measured) throw new Error(`The offline voice said nothing for: ${text}`);
    const place: ClipPlace = { conversation: scenario, turn: i + 1, turns: turns.length };
    const [filename] = clipNames(addressOf(utterance), utterance.text, place);
    if (filename === undefined) throw new Error(`No name for: ${text}`);
    await writeAside(join(folder, filename), new Uint8Array(samples.buffer));
    const line = lineFor(filename, utterance, samples.length, place);
    lines.push({ ...line, created_at: before.get(filename)?.created_at ?? line.created_at });
    figures[filename] = Object.fromEntries(
      Object.entries(measured).map(([name, value]: [string, number]) => [name, Number(value.toFixed(1))]),
    );
  }
}
await writeManifest(folder, lines);
console.table(figures);
