import type { AppError } from '#contract/errors';
import { audioOutput } from '../audioOutput.ts';
import { type BlockLevel, clippingPeak, levelOfBlock } from './levels.ts';
import { microphoneError } from './microphoneErrors.ts';
import captureUrl from './capture.worklet.ts?worker&url';

/** `ready`: open, its level is shown; `counting`: about to record. */
export type MicrophoneState = 'closed' | 'opening' | 'ready' | 'counting' | 'recording';

/** What was recorded. */
export interface Take {
  sampleRate: number;
  samples: Float32Array;
}

/** A recording of the microphone ends by itself after this time. */
export const longestTakeMs = 10 * 60_000;
const countFrom = 3;
const secondMs = 1000;
const peakHoldMs = 1500;
const silence: BlockLevel = { rms: -Infinity, peak: -Infinity };

/** TypeScript does not know yet that a context may run without an output. */
const withoutOutput: AudioContextOptions & { sinkId: { type: 'none' } } = { sinkId: { type: 'none' } };

/** The operator's microphone: as it is, without what browsers do to voices. */
export class Microphone {
  readonly #door: string;
  readonly #onTake: (take: Take) => void;
  #state: MicrophoneState = $state('closed');
  #error: AppError | null = $state.raw(null);
  #devices: MediaDeviceInfo[] = $state.raw([]);
  #device = $state('');
  #level: BlockLevel = $state.raw(silence);
  /** Highest peak of the last moments, and since recording began. */
  #heldPeak = $state(-Infinity);
  #clipped = $state(false);
  #count = $state(0);
  #elapsedMs = $state(0);

  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  #blocks: Float32Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heldUntil = 0;
  /** Tells what was asked last: a stream that comes later is closed again. */
  #turn = 0;
  readonly #refresh = () => void this.#listDevices();

  /** @param onTake told of every recording, also of one that ended because the microphone went away. */
  constructor(door: string, onTake: (take: Take) => void) {
    this.#door = door;
    this.#onTake = onTake;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Microphones by name; empty until one was allowed. */
  get devices(): MediaDeviceInfo[] {
    return this.#devices;
  }

  /** Id of the one in use. */
  get device(): string {
    return this.#device;
  }

  get level(): BlockLevel {
    return this.#level;
  }

  get heldPeak(): number {
    return this.#heldPeak;
  }

  /** Whether the recording was cut off at full scale somewhere. */
  get clipped(): boolean {
    return this.#clipped;
  }

  /** Seconds left before recording begins. */
  get count(): number {
    return this.#count;
  }

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Opens a microphone, the system's own choice without an id, and shows its level. */
  async open(device = ''): Promise<void> {
    this.close();
    const turn = ++this.#turn;
    this.#state = 'opening';
    this.#error = null;
    try {
      const stream = await this.#ask(device);
      if (turn !== this.#turn) {
        stop(stream);
        return;
      }
      this.#stream = stream;
      await this.#listen(stream, turn);
      if (turn !== this.#turn) return;
      this.#device = stream.getAudioTracks()[0]?.getSettings().deviceId ?? device;
      this.#state = 'ready';
      await this.#listDevices();
      navigator.mediaDevices.addEventListener('devicechange', this.#refresh);
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.close();
      this.#error = microphoneError(thrown, this.#door);
    }
  }

  /** Counts 3, 2, 1 and records. */
  countDown(): void {
    if (this.#state !== 'ready') return;
    audioOutput.hush();
    this.#state = 'counting';
    this.#count = countFrom;
    const next = () => {
      this.#count -= 1;
      if (this.#count > 0) this.#timer = setTimeout(next, secondMs);
      else this.#record();
    };
    this.#timer = setTimeout(next, secondMs);
  }

  /** Ends the countdown or the recording; what was recorded is told. */
  stop(): void {
    clearTimeout(this.#timer);
    const recorded = this.#state === 'recording';
    if (recorded || this.#state === 'counting') this.#state = 'ready';
    if (!recorded) return;
    const length = this.#blocks.reduce((sum, block) => sum + block.length, 0);
    const samples = new Float32Array(length);
    let at = 0;
    for (const block of this.#blocks) {
      samples.set(block, at);
      at += block.length;
    }
    this.#blocks = [];
    this.#onTake({ sampleRate: this.#context?.sampleRate ?? 48_000, samples });
  }

  /** Lets the microphone go; what was being recorded is told first. */
  close(): void {
    this.stop();
    this.#turn += 1;
    this.#state = 'closed';
    this.#level = silence;
    this.#heldPeak = -Infinity;
    if (this.#stream) stop(this.#stream);
    this.#stream = null;
    void this.#context?.close();
    this.#context = null;
    // Only a page that was served safely has it.
    if ('mediaDevices' in navigator)
      navigator.mediaDevices.removeEventListener('devicechange', this.#refresh);
  }

  #ask(device: string): Promise<MediaStream> {
    const plain = {
      channelCount: 1,
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    };
    const audio = device === '' ? plain : { ...plain, deviceId: { exact: device } };
    return navigator.mediaDevices.getUserMedia({ audio });
  }

  async #listen(stream: MediaStream, turn: number): Promise<void> {
    const context = new AudioContext(withoutOutput);
    this.#context = context;
    await context.audioWorklet.addModule(captureUrl);
    if (turn !== this.#turn) return;
    const capture = new AudioWorkletNode(context, 'capture', { numberOfInputs: 1, numberOfOutputs: 1 });
    capture.port.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (turn === this.#turn && data instanceof Float32Array) this.#hear(data, context.sampleRate);
    };
    context.createMediaStreamSource(stream).connect(capture);
    // It stays silent; but what leads nowhere is not run.
    capture.connect(context.destination);
    for (const track of stream.getAudioTracks()) track.onended = () => this.#lost(turn);
    await context.resume();
  }

  #hear(block: Float32Array, sampleRate: number): void {
    const level = levelOfBlock(block);
    this.#level = level;
    const now = performance.now();
    if (level.peak >= this.#heldPeak || now > this.#heldUntil) {
      this.#heldPeak = level.peak;
      this.#heldUntil = now + peakHoldMs;
    }
    if (this.#state !== 'recording') return;
    this.#blocks.push(block);
    if (level.peak >= clippingPeak) this.#clipped = true;
    this.#elapsedMs += (block.length * 1000) / sampleRate;
    if (this.#elapsedMs >= longestTakeMs) this.stop();
  }

  #record(): void {
    this.#blocks = [];
    this.#clipped = false;
    this.#elapsedMs = 0;
    this.#state = 'recording';
  }

  #lost(turn: number): void {
    if (turn !== this.#turn) return;
    const kept = this.#state === 'recording';
    this.close();
    this.#error = {
      kind: 'unavailable',
      code: 'microphone_lost',
      message: `The microphone was disconnected${kept ? '; what was recorded until then is kept' : ''}. Connect it again, or choose another one.`,
    };
  }

  async #listDevices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.#devices = all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
