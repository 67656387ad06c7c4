import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '#contract/errors';
import type { Plays, SoundContext, SoundOutput } from './audioOutput.ts';
import { PartPlayer, type PartSound, type SoundPart } from './partPlayer.svelte.ts';

interface Started {
  when: number;
  offset: number;
  samples: number;
  stopped: boolean;
}

/** A sound output whose clock the test moves. */
class FakeOutput implements SoundOutput {
  readonly started: Started[] = [];
  readonly context = {
    currentTime: 10,
    state: 'running',
    destination: {},
    createBuffer: (channels: number, length: number, sampleRate: number) => ({
      length,
      numberOfChannels: channels,
      sampleRate,
      copyToChannel: () => undefined,
    }),
    createBufferSource: () => {
      const own: Started & { buffer: { length: number } | null } = {
        when: -1,
        offset: 0,
        samples: 0,
        stopped: false,
        buffer: null,
      };
      return Object.assign(own, {
        connect: () => undefined,
        disconnect: () => undefined,
        start: (when: number, offset: number) => {
          Object.assign(own, { when, offset, samples: own.buffer?.length ?? 0 });
          this.started.push(own);
        },
        stop: () => {
          own.stopped = true;
        },
      });
    },
  };
  answer: Result<SoundContext> = ok(this.context as never as SoundContext);
  #player: Plays | null = null;
  #tick: (() => void) | null = null;

  open(): Promise<Result<SoundContext>> {
    return Promise.resolve(this.answer);
  }

  takeOver(player: Plays): void {
    if (this.#player !== player) this.#player?.pause();
    this.#player = player;
  }

  whilePlaying(tick: () => void): () => void {
    this.#tick = tick;
    return () => (this.#tick = null);
  }

  get ticking(): boolean {
    return this.#tick !== null;
  }

  get heard(): Started[] {
    return this.started.filter((source) => !source.stopped);
  }

  pass(seconds: number): void {
    this.context.currentTime += seconds;
    this.#tick?.();
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function sound(samples: number): PartSound {
  return { sampleRate: 1000, channels: [new Int16Array(samples)] };
}

function part(startMs: number, lengthMs: number, load?: SoundPart['load']): SoundPart {
  return { startMs, lengthMs, load: load ?? (() => Promise.resolve(ok(sound(lengthMs)))) };
}

let output: FakeOutput;
let player: PartPlayer;
beforeEach(() => {
  output = new FakeOutput();
  player = new PartPlayer(output);
});
afterEach(() => player.stop());

describe('playing parts', () => {
  it('hands each part to the output at its time, follows the clock and ends', async () => {
    player.setParts([part(0, 1000), part(2500, 500)], 3000);
    await player.play();
    await settle();
    expect(player.state).toBe('playing');
    output.pass(0.03);
    const [first, second] = output.started;
    expect(first).toMatchObject({ offset: 0, samples: 1000 });
    expect((second?.when ?? 0) - (first?.when ?? 0)).toBeCloseTo(2.5);
    output.pass(1);
    expect(player.positionMs).toBeCloseTo(1000);
    output.pass(2);
    expect([player.state, player.positionMs, output.ticking]).toEqual(['stopped', 0, false]);
  });

  it('goes on in the middle of a part after a pause', async () => {
    player.setParts([part(0, 4000)], 4000);
    await player.play();
    output.pass(1.03);
    player.pause();
    expect([player.state, output.heard.length]).toEqual(['paused', 0]);
    output.pass(5);
    expect(player.positionMs).toBeCloseTo(1000);
    await player.play();
    expect(output.heard).toHaveLength(1);
    output.pass(0.53);
    expect(player.positionMs).toBeCloseTo(1500);
  });

  it('starts a part that is already going on where it is by now', async () => {
    player.setParts([part(0, 4000)], 4000);
    await player.play(1500);
    const [source] = output.heard;
    expect(source?.when).toBeCloseTo(output.context.currentTime);
    expect(source?.offset).toBeCloseTo(1.5 - 0.03);
  });

  it('seeks while it plays and while it does not', async () => {
    player.setParts([part(0, 4000)], 4000);
    player.seek(2000);
    expect([player.state, player.positionMs]).toEqual(['paused', 2000]);
    await player.play();
    output.pass(0.13);
    expect(player.positionMs).toBeCloseTo(2100);
    player.seek(500);
    await settle();
    expect(player.state).toBe('playing');
    expect(player.positionMs).toBeCloseTo(500);
    player.seek(99_999);
    await settle();
    expect(player.positionMs).toBeCloseTo(0);
  });

  it('stands still until what must be heard has come', async () => {
    let arrive: (answer: Result<PartSound>) => void = () => undefined;
    const late = part(1000, 1000, () => new Promise((resolve) => (arrive = resolve)));
    player.setParts([part(0, 1000), late], 2000);
    await player.play();
    output.pass(1.05);
    expect(player.state).toBe('loading');
    output.pass(3);
    expect(player.positionMs).toBeCloseTo(1000);
    arrive(ok(sound(1000)));
    await settle();
    expect(player.state).toBe('playing');
    output.pass(0.23);
    expect(player.positionMs).toBeCloseTo(1200);
  });

  it('says why a part cannot be heard, when its time has come, and tries again when asked', async () => {
    let works = false;
    let asked = 0;
    const load = () => {
      asked += 1;
      return Promise.resolve(
        works ? ok(sound(1000)) : fail<PartSound>('not_found', 'no_clip', 'There is no such clip.'),
      );
    };
    player.setParts([part(0, 1000), part(1000, 1000, load)], 2000);
    await player.play();
    await settle();
    for (let i = 0; i < 5; i++) output.pass(0.1);
    expect([player.state, asked]).toEqual(['playing', 1]);
    output.pass(0.6);
    await settle();
    expect([player.state, player.error?.code, asked]).toEqual(['paused', 'no_clip', 2]);
    works = true;
    await player.play();
    expect([player.state, player.error]).toEqual(['playing', null]);
  });

  it('says that there is no output, and plays when there is one', async () => {
    output.answer = fail('unavailable', 'no_sound_output', 'No device.');
    player.setParts([part(0, 1000)], 1000);
    await player.play();
    expect([player.state, player.error?.code]).toEqual(['paused', 'no_sound_output']);
    output.answer = ok(output.context as never as SoundContext);
    await player.play();
    expect(player.state).toBe('playing');
  });

  it('pauses and says so when the output goes away', async () => {
    player.setParts([part(0, 1000)], 1000);
    await player.play();
    output.context.state = 'suspended';
    output.pass(0.2);
    expect([player.state, player.error?.code]).toEqual(['paused', 'sound_output_lost']);
  });

  it('is paused by whatever plays next', async () => {
    const other = new PartPlayer(output);
    player.setParts([part(0, 1000)], 1000);
    other.setParts([part(0, 1000)], 1000);
    await player.play();
    await other.play();
    expect([player.state, other.state]).toEqual(['paused', 'playing']);
    other.stop();
  });

  it('takes no answer of what was asked before', async () => {
    let arrive: (answer: Result<PartSound>) => void = () => undefined;
    player.setParts([part(0, 1000, () => new Promise((resolve) => (arrive = resolve)))], 1000);
    const asked = player.play();
    await settle();
    player.stop();
    arrive(ok(sound(1000)));
    await asked;
    expect([player.state, output.started.length]).toEqual(['stopped', 0]);
  });
});
