/** A pack put together: every file with its content, what was checked, and what to type. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PackCheck, PackInput, PackPlan } from '#contract/api/packs';
import { fail, ok, type Result } from '#contract/errors';
import { conversationsIn } from '#contract/scenario/users';
import { ClipCache } from '../audio/cache.ts';
import { manifestName } from '../audio/manifest.ts';
import type { Speak } from '../audio/speaker.ts';
import { bundled } from '../entries.ts';
import { gatherSpeech } from '../scenarios/speech.ts';
import { packClips, type PackClips } from './clips.ts';
import { azureCommands, locustCommands } from './commands.ts';
import {
  archiveOfClips,
  certificateName,
  digestOf,
  documentName,
  packContents,
  scriptName,
  type PackContent,
} from './contents.ts';
import { failureCriteria } from './criteria.ts';
import { packDocument } from './document.ts';
import { displayNameOf, testIdOf } from './identity.ts';
import { archivesFor, loadChecks, uploadChecks } from './limits.ts';
import { packLoad } from './load.ts';
import { locustConf } from './locustConf.ts';
import { leftOutNotes, missingNotes, requestNotes, sumNote } from './notes.ts';
import { packReadme } from './readme.ts';
import { readSource, type PackSource, type PackSources } from './source.ts';
import { packTarget, type PackTarget } from './target.ts';
import { testYaml, testYamlName } from './testYaml.ts';

export interface PlanOptions {
  sources: PackSources;
  /** Where packs go unless another place is named. */
  packsFolder: string;
  /** Where it goes this time, for the commands; left out: into `packsFolder`. */
  out?: string | undefined;
  /** Speaks what is missing; null: it is left out and estimated. */
  speak: Speak | null;
  signal?: AbortSignal | undefined;
  /** This program and its version. */
  madeBy: string;
}

export interface PlannedPack {
  plan: PackPlan;
  contents: PackContent[];
}

/** Reads, names and lays out everything. Errors: those of the source, `invalid_url`, and what speaking met with. */
export async function planPack(input: PackInput, options: PlanOptions): Promise<Result<PlannedPack>> {
  const source = await readSource(input, options.sources);
  if (!source.ok) return source;
  const target = packTarget(source.value.file, input.url, input.purpose);
  if (!target.ok) return target;
  const certificate = await readCertificate(source.value, target.value);
  if (!certificate.ok) return certificate;
  const gathered = await gather(source.value, options);
  if (!gathered.ok) return gathered;
  const locustfile = await readFile(bundled('resources', 'pack', scriptName));
  return ok(
    layOut(input, options, {
      ...gathered.value,
      source: source.value,
      target: target.value,
      certificate: certificate.value,
      locustfile,
    }),
  );
}

interface Gathered {
  clips: PackClips;
  problems: string[];
}

async function gather(source: PackSource, options: PlanOptions): Promise<Result<Gathered>> {
  const { folder } = source;
  // A pack's clips are 16 kHz and whole, whatever goes over the wire: the locustfile converts and cuts.
  const audio = { ...source.file.audio, sample_rate: 16_000 as const, max_chunks: null };
  const file = { ...source.file, audio };
  const speech = await gatherSpeech(file, {
    folder,
    cache: new ClipCache(source.caches),
    speak: options.speak,
    signal: options.signal,
  });
  if (speech.failure) return { ok: false, error: speech.failure };
  return ok({
    clips: await packClips(file, speech, folder),
    problems: speech.problems.map(({ message }) => message),
  });
}

/** The certificate that the target's own authority goes by; a certificate is no secret. */
async function readCertificate(source: PackSource, { tls }: PackTarget): Promise<Result<Uint8Array | null>> {
  if (tls.ca === null || tls.ca.includes('${')) return ok(null);
  const path = resolve(source.environmentFolder, tls.ca);
  try {
    return ok(await readFile(path));
  } catch {
    return fail('invalid_input', 'ca_missing', `There is no readable certificate ${path}.`);
  }
}

interface Parts extends Gathered {
  source: PackSource;
  target: PackTarget;
  certificate: Uint8Array | null;
  locustfile: Uint8Array;
}

function layOut(input: PackInput, options: PlanOptions, parts: Parts): PlannedPack {
  const { source, target, certificate } = parts;
  const { file } = source;
  const { clips } = parts.clips;
  const isAzure = input.purpose === 'azure';
  const name = input.name || file.name;
  const testId = testIdOf(name);
  const usualOut = join(options.packsFolder, testId);
  const out = options.out ?? usualOut;
  const load = packLoad(file, input);
  const archives = isAzure
    ? archivesFor(clips.map(({ filename, bytes }) => ({ name: filename, bytes })))
    : [];
  const archived = archiveOfClips(archives);
  const beside = [
    documentName,
    manifestName,
    ...(certificate ? [certificateName] : []),
    ...clips.map(({ filename }) => filename).filter((filename) => !archived.has(filename)),
  ];
  const conversations = conversationsOf(parts);
  const criteria = isAzure ? failureCriteria(file.thresholds) : { criteria: [], checks: [] };
  const commandsIn = (folder: string | null) => {
    const commandParts = { folder, testId, target, load, files: beside, archives };
    return isAzure ? azureCommands(commandParts) : locustCommands(commandParts);
  };
  const notes: PackCheck[] = [
    ...parts.problems.map((text): PackCheck => ({ level: 'error', text })),
    ...target.checks,
    ...load.checks,
    ...(isAzure ? loadChecks(load) : []),
    ...criteria.checks,
    ...requestNotes(source.leftOut),
    ...leftOutNotes(file, isAzure),
  ];
  const yaml = isAzure
    ? testYaml({
        testId,
        displayName: displayNameOf(name),
        description: `${count(conversations.length, 'conversation')}, ${count(clips.length, 'clip')}; exported by Crosstalk`,
        load,
        target,
        criteria: criteria.criteria,
        files: beside,
        archives,
      })
    : '';
  const readme = packReadme({
    name,
    purpose: input.purpose,
    load,
    target,
    conversations,
    clips: clips.length,
    archives: archives.map((archive) => archive.name),
    // Who reads it has found the folder.
    commands: commandsIn(null),
    notes,
  });
  const texts: Record<string, string> = {
    'README.md': readme,
    ...(isAzure ? { [testYamlName]: yaml } : { 'locust.conf': locustConf(load) }),
  };
  const document = packDocument({
    name,
    testId,
    purpose: input.purpose,
    file,
    clips: parts.clips,
    target,
    ca: certificate ? certificateName : null,
    load,
    madeBy: options.madeBy,
    texts: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, digestOf(text)])),
    files: [...new Set([...beside, scriptName, ...archives.map((archive) => archive.name)])],
  });
  const { locustfile } = parts;
  const contents = packContents({ document, locustfile, clips, archives, certificate, texts });
  const uploads = contents.filter((one) => one.archive === null && !(one.name in texts));
  const checks = isAzure ? uploadChecks(uploads, archives) : [sumNote(contents)];
  return {
    contents,
    plan: {
      name,
      testId,
      url: target.shownUrl,
      users: load.users,
      spawnRate: load.spawnRate,
      durationMs: load.durationMs,
      engineInstances: load.engineInstances,
      conversations,
      files: contents.map(({ content: _, ...shown }) => shown),
      totalBytes: contents.reduce((sum, one) => (one.archive === null ? sum + one.bytes : sum), 0),
      checks: [...notes, ...missingNotes(clips), ...checks],
      yaml,
      commands: commandsIn(out.replace(/\.zip$/i, '')),
      out,
      usualOut,
    },
  };
}

function count(n: number, what: string): string {
  return `${n} ${n === 1 ? what : `${what}s`}`;
}

const bytesPerMs = 32;

function conversationsOf({ source, clips }: Parts): PackPlan['conversations'] {
  return source.file.users.flatMap((user, i) =>
    conversationsIn(user).map(({ name }, j) => {
      const turns = clips.turns[i]?.[j] ?? [];
      return {
        name,
        turns: turns.length,
        durationMs: turns.reduce((sum, { clip }) => sum + clip.bytes / bytesPerMs, 0),
        missing: turns.filter(({ clip }) => clip.samples === null).length,
      };
    }),
  );
}
