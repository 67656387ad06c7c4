import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/app.ts';
import { RecorderPage } from './pages/recorder.ts';

test.skip(({ door }) => door === 'desktop', 'Its window has no stand-in for a microphone');
test.use({
  launchOptions: {
    executablePath: process.env.CROSSTALK_CHROMIUM || undefined,
    // A microphone that beeps once in a while.
    args: ['--use-fake-device-for-media-stream'],
  },
  permissions: ['microphone'],
});

/** A tone in 16-bit stereo at 44.1 kHz with silence around it, as a WAV file. */
function toneAt44100(seconds: number): Buffer {
  const rate = 44_100;
  const samples = Buffer.alloc(Math.round(seconds * rate) * 4);
  for (let i = 0; i < samples.length / 4; i++) {
    const at = i / rate;
    const heard = at > 0.5 && at < seconds - 0.5;
    const value = heard ? Math.round(9000 * Math.sin(2 * Math.PI * 440 * at)) : 0;
    samples.writeInt16LE(value, i * 4);
    samples.writeInt16LE(value, i * 4 + 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 4, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** What is kept in the workspace: rate, channels, bits and seconds of each recording. */
function kept(home: string) {
  const folder = join(home, 'workspace', 'recordings');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.wav'))
    .map((name) => {
      const wav = readFileSync(join(folder, name));
      const [rate, channels, bits] = [wav.readUInt32LE(24), wav.readUInt16LE(22), wav.readUInt16LE(34)];
      return { rate, channels, bits, seconds: (wav.length - 44) / 2 / rate };
    });
}

test('a turn is recorded from the microphone, heard and kept', async ({ app, home }) => {
  const recorder = new RecorderPage(app);
  await recorder.open();
  await expect(recorder.device).toContainText('Fake');
  await expect(recorder.save).toBeDisabled();
  await recorder.record.click();
  await expect(recorder.countdown).toBeVisible();
  await expect(recorder.recordedTime).toHaveText(/00:0[2-9]/, { timeout: 15_000 });
  await expect(recorder.meter).not.toHaveAttribute('data-level', 'off');
  await recorder.stop.click();

  await expect(recorder.takeLength).toHaveText(/00:0[2-9]\.\d/);
  await recorder.play.click();
  await expect(recorder.play).toHaveAttribute('data-playing', 'playing');
  await recorder.play.click();
  await expect(recorder.play).toHaveAttribute('data-playing', 'paused');

  await recorder.name.fill('greeting');
  await recorder.words.fill('Good morning, I have lost my card.');
  await recorder.save.click();
  await expect(recorder.dialog).toBeHidden();
  await expect(recorder.turn).toContainText('greeting');
  await expect(recorder.turn.getByTestId('turn-duration')).toHaveText(/\d (s|ms)/);
  const [recording] = kept(home);
  expect(recording).toMatchObject({ rate: 16_000, channels: 1, bits: 16 });
  expect(recording?.seconds).toBeGreaterThan(0.1);
});

test('a file of 44.1 kHz stereo becomes a clip', async ({ app, home }) => {
  const recorder = new RecorderPage(app);
  await recorder.open();
  await recorder.chooseFile({ name: 'tone.wav', mimeType: 'audio/wav', buffer: toneAt44100(3) });
  await expect(recorder.fileAbout).toContainText('44.1 kHz stereo WAV');
  await expect(recorder.takeLength).toHaveText('00:03.0');
  await recorder.save.click();
  await expect(recorder.dialog).toBeHidden();
  await expect(recorder.turn).toContainText('tone');
  const [recording] = kept(home);
  expect(recording).toMatchObject({ rate: 16_000, channels: 1, bits: 16 });
  // Two seconds of tone, and 100 ms of silence on either side.
  expect(recording?.seconds).toBeGreaterThan(2);
  expect(recording?.seconds).toBeLessThan(2.5);
});

/** A second or so of a tone as the browser itself codes it: WebM with Opus, which only a browser decodes. */
async function codedTone(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const context = new AudioContext();
    const target = context.createMediaStreamDestination();
    const tone = context.createOscillator();
    tone.connect(target);
    tone.start();
    const recorder = new MediaRecorder(target.stream, { mimeType: 'audio/webm;codecs=opus' });
    const parts: Blob[] = [];
    const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
    recorder.addEventListener('dataavailable', ({ data }) => {
      parts.push(data);
      if (parts.length === 6) recorder.stop();
    });
    recorder.start(200);
    await stopped;
    await context.close();
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return Buffer.from(bytes);
}

test('a coded file is decoded in the page; a recording made before is still there', async ({ app, home }) => {
  const recorder = new RecorderPage(app);
  await recorder.open();
  await recorder.record.click();
  await expect(recorder.recordedTime).toHaveText(/00:0[1-9]/, { timeout: 15_000 });
  await recorder.stop.click();
  const said = (await recorder.takeLength.textContent()) ?? '';

  await recorder.chooseFile({ name: 'tone.webm', mimeType: 'audio/webm', buffer: await codedTone(app) });
  await expect(recorder.fileAbout).toContainText('48 kHz stereo WebM');
  await recorder.showMicrophone();
  await expect(recorder.takeLength).toHaveText(said);
  await recorder.showFile();
  await recorder.save.click();
  await expect(recorder.dialog).toBeHidden();
  await expect(recorder.turn).toContainText('tone');
  const [recording] = kept(home);
  expect(recording).toMatchObject({ rate: 16_000, channels: 1 });
  expect(recording?.seconds).toBeGreaterThan(0.8);
});

test('what is no sound, and what is far too large, is refused in a sentence', async ({ app }) => {
  const recorder = new RecorderPage(app);
  await recorder.open();
  await recorder.chooseFile({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(recorder.error).toContainText('is no sound that is known here');
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-large-'));
  const large = join(folder, 'meeting.wav');
  writeFileSync(large, toneAt44100(1));
  truncateSync(large, 2_000_000_000);
  await recorder.chooseFile(large);
  await expect(recorder.error).toContainText('“meeting.wav” has 2.0 GB');
  await expect(recorder.save).toBeDisabled();
  rmSync(folder, { recursive: true });
});

test.describe('without permission', () => {
  test.use({ permissions: [] });

  test('the recorder says where the microphone is allowed', async ({ app }) => {
    const recorder = new RecorderPage(app);
    await recorder.open();
    await expect(recorder.microphoneError).toContainText('Allow it at the left of the address bar');
  });
});
