import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SeriesBook } from './book.ts';
import { findGpus, readNvidia } from './gpu.ts';
import { GpuWatch } from './gpuWatch.ts';

describe('GPUs', () => {
  it('are what nvidia-smi tells, as far as it does', () => {
    expect(readNvidia('0, NVIDIA L4, 37, 10240\n1, NVIDIA A10, Super, [N/A], 512\n')).toEqual([
      { name: '0 NVIDIA L4', busy: 0.37, memory: 10_737_418_240 },
      { name: '1 NVIDIA A10', busy: null, memory: 536_870_912 },
    ]);
    expect(readNvidia('')).toEqual([]);
    expect(readNvidia('No devices were found')).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('are what the files of their driver say, or none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crosstalk-drm-'));
    try {
      const none = await findGpus(join(folder, 'nothing'));
      mkdirSync(join(folder, 'card0', 'device'), { recursive: true });
      mkdirSync(join(folder, 'card1', 'device'), { recursive: true });
      mkdirSync(join(folder, 'card0-DP-1'));
      writeFileSync(join(folder, 'card0', 'device', 'gpu_busy_percent'), '42\n');
      writeFileSync(join(folder, 'card0', 'device', 'mem_info_vram_used'), '1048576\n');
      const found = await findGpus(folder);
      // A machine that has an NVIDIA card is asked for that one.
      if (none === null) expect(await found?.()).toEqual([{ name: 'card0', busy: 0.42, memory: 1_048_576 }]);
      else expect(found).not.toBeNull();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('become series of their own', async () => {
    const book = new SeriesBook();
    const watch = new GpuWatch(() => Promise.resolve([{ name: '0 L4', busy: 0.5, memory: null }]), book);
    expect(await watch.look(3)).toEqual([{ id: 1, t: 3, value: 0.5 }]);
    expect(book.take()).toEqual([
      { id: 1, group: 'gpu', of: '0 L4', name: 'busy', unit: 'share', problem: null },
    ]);
  });
});
