/** How busy this machine's GPUs are: asked of what the driver brings, and nothing where there is none. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { graphics } from 'systeminformation';
import { onSearchPath } from '../nodeCapabilities.ts';

/** Shares 0–1, memory in bytes; null: not told. */
export interface GpuUse {
  name: string;
  busy: number | null;
  memory: number | null;
}

/** Asks again; an empty list: it does not answer now. */
export type GpuReader = () => Promise<GpuUse[]>;

const commandMs = 2000;
const megabyte = 1024 * 1024;
const query = ['--query-gpu=index,name,utilization.gpu,memory.used', '--format=csv,noheader,nounits'];

function number(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Lines like `0, NVIDIA L4, 37, 10240`; what a card does not tell is `[N/A]`. */
export function readNvidia(text: string): GpuUse[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(',').map((field) => field.trim());
    const [index, name] = fields;
    if (index === undefined || name === undefined) return [];
    const busy = number(fields.at(-2));
    const memory = number(fields.at(-1));
    return [
      {
        name: `${index} ${name}`,
        busy: busy === null ? null : busy / 100,
        memory: memory === null ? null : memory * megabyte,
      },
    ];
  });
}

function nvidia(): Promise<GpuUse[]> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', query, { timeout: commandMs, windowsHide: true }, (error, stdout) =>
      resolve(error === null ? readNvidia(stdout) : []),
    );
  });
}

/** Cards whose driver says how busy they are in files (amdgpu). */
function cardsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^card\d+$/.test(name));
  } catch {
    return [];
  }
}

async function fileNumber(path: string): Promise<number | null> {
  try {
    return number(await readFile(path, 'latin1'));
  } catch {
    return null;
  }
}

async function fromFiles(folder: string): Promise<GpuUse[]> {
  const cards = cardsIn(folder).map(async (card): Promise<GpuUse> => {
    const device = join(folder, card, 'device');
    const busy = await fileNumber(join(device, 'gpu_busy_percent'));
    return {
      name: card,
      busy: busy === null ? null : busy / 100,
      memory: await fileNumber(join(device, 'mem_info_vram_used')),
    };
  });
  return (await Promise.all(cards)).filter(({ busy, memory }) => busy !== null || memory !== null);
}

async function fromSystem(): Promise<GpuUse[]> {
  const { controllers } = await graphics();
  return controllers.flatMap(({ model, utilizationGpu, memoryUsed }, i) =>
    utilizationGpu === undefined && memoryUsed === undefined
      ? []
      : [
          {
            name: `${i} ${model}`,
            busy: utilizationGpu === undefined ? null : utilizationGpu / 100,
            memory: memoryUsed === undefined ? null : memoryUsed * megabyte,
          },
        ],
  );
}

/** How GPUs are read here; null: there is none that says anything. */
export async function findGpus(drm = '/sys/class/drm'): Promise<GpuReader | null> {
  const readers: GpuReader[] = [];
  if (onSearchPath('nvidia-smi')) readers.push(nvidia);
  if (process.platform === 'linux') readers.push(() => fromFiles(drm));
  else readers.push(fromSystem);
  for (const reader of readers) {
    try {
      if ((await reader()).length > 0) return reader;
    } catch {
      // It cannot be asked this way.
    }
  }
  return null;
}
