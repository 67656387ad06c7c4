/**
 * Runs in the sound thread: hands the microphone's samples to the page, in blocks. Bundled by itself, as the page's policy wants
 * code from files of our own origin.
 */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const blockSamples = 2048;

class Capture extends AudioWorkletProcessor {
  #block = new Float32Array(blockSamples);
  #filled = 0;

  /** Takes 128 samples at a time; several channels are averaged. */
  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const length = channels[0]?.length ?? 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.#block[this.#filled++] = sum / channels.length;
      if (this.#filled === blockSamples) {
        this.port.postMessage(this.#block, [this.#block.buffer]);
        this.#block = new Float32Array(blockSamples);
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('capture', Capture);
