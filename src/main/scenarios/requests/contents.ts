/** Everything that the requests of a scenario take from files and voices, read once. */
import { resolve } from 'node:path';
import type { AppError, Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { RpcStep, ScenarioFile } from '#contract/scenario/file';
import type { Feed } from '#contract/scenario/request';
import { feedReferences, fieldFindings } from '#contract/scenario/rules';
import type { ValuePath } from '#contract/scenario/shape';
import { requestersOf, stepsOf, type PlacedStep, type Requester } from '#contract/scenario/steps';
import { readServices } from '#engine/grpc/methods';
import { compileProtos } from '#engine/grpc/protos';
import type { PlanClip } from '#engine/plan';
import { severalAtATime } from '../../audio/several.ts';
import { Gathering, type SpeechSources } from '../gathering.ts';
import { jsonPathProblem, readFeed, type FeedRow } from './feeds.ts';
import { BodyFiles } from './files.ts';
import { jsonPathProblems } from './jsonPaths.ts';
import { callProblems } from './messageProblems.ts';

const atATime = 4;

/** What the plan is made from, by the parts of the parsed file they belong to. */
export interface RequestContents {
  rows: ReadonlyMap<Feed, FeedRow[]>;
  /** By absolute path. */
  bodies: ReadonlyMap<string, SharedArrayBuffer>;
  /** Of users of kind grpc with .proto files; the others ask the server. */
  descriptors: ReadonlyMap<Requester, Uint8Array>;
  audio: ReadonlyMap<RpcStep, PlanClip>;
  problems: ValueProblem[];
  /** What does not keep a run from being made, and is likely not meant. */
  warnings: ValueProblem[];
  /** Not the scenario's fault: a voice broke, or cannot be reached. */
  failure: AppError | null;
}

export interface ContentsOptions extends SpeechSources {
  /** Only whether there is anything wrong: large files are not read, and words not spoken. */
  looking: boolean;
}

class Contents implements RequestContents {
  readonly rows = new Map<Feed, FeedRow[]>();
  readonly bodies = new Map<string, SharedArrayBuffer>();
  readonly descriptors = new Map<Requester, Uint8Array>();
  readonly audio = new Map<RpcStep, PlanClip>();
  readonly problems: ValueProblem[] = [];
  readonly warnings: ValueProblem[] = [];
  failure: AppError | null = null;
  readonly #options: ContentsOptions;
  readonly #files: BodyFiles;
  readonly #feeds = new Map<string, Promise<Result<FeedRow[]>>>();
  readonly #protos = new Map<string, Promise<Result<Uint8Array>>>();

  constructor(options: ContentsOptions) {
    this.#options = options;
    this.#files = new BodyFiles({ sizes: options.looking });
  }

  #take<T>(result: Result<T>, path: ValuePath, put: (value: T) => void): void {
    if (result.ok) put(result.value);
    else if (result.error.kind === 'invalid_input')
      this.problems.push({ path: [...path], message: result.error.message });
    else this.failure ??= result.error;
  }

  async feeds(requester: Requester, path: ValuePath): Promise<void> {
    const references = feedReferences(requester, [...path]);
    for (const [i, feed] of requester.data.entries()) {
      if (feed.rows !== undefined || feed.file === undefined) continue;
      // Said where the path stands.
      if (feed.at !== undefined && jsonPathProblem(feed.at) !== null) continue;
      const file = resolve(this.#options.folder, feed.file);
      const key = JSON.stringify([file, feed.at]);
      const read = this.#feeds.get(key) ?? readFeed(file, feed);
      this.#feeds.set(key, read);
      const source = `${feed.name} (${feed.file})`;
      this.#take(await read, [...path, 'data', i, 'file'], (rows) => {
        this.rows.set(feed, rows);
        const found = fieldFindings(references.get(feed.name) ?? [], rows, source);
        this.problems.push(...found.problems);
        this.warnings.push(...found.warnings);
      });
    }
  }

  async protos(requester: Requester, path: ValuePath, steps: readonly PlacedStep[]): Promise<void> {
    if (requester.kind !== 'grpc' || requester.proto.length === 0) return;
    const inFolder = (file: string) => resolve(this.#options.folder, file);
    const files = requester.proto.map(inFolder);
    const folders = requester.import_paths.map(inFolder);
    const key = JSON.stringify([files, folders]);
    const compiled = this.#protos.get(key) ?? compileProtos(files, folders);
    this.#protos.set(key, compiled);
    const at = [...path, 'proto'];
    this.#take(withoutStop(await compiled), at, (descriptors) => {
      this.descriptors.set(requester, descriptors);
      this.#take(withoutStop(readServices(descriptors)), at, (types) => {
        this.problems.push(...callProblems(types, steps));
      });
    });
  }

  async body({ step, path }: PlacedStep): Promise<void> {
    if ('rpc' in step) return;
    const wanted = [
      ...(step.body_file === undefined ? [] : [{ file: step.body_file, at: [...path, 'body_file'] }]),
      ...(step.multipart ?? []).flatMap(({ file }, i) =>
        file === undefined ? [] : [{ file, at: [...path, 'multipart', i, 'file'] }],
      ),
    ];
    for (const { file, at } of wanted) {
      const full = resolve(this.#options.folder, file);
      this.#take(await this.#files.bytes(full), at, (bytes) => this.bodies.set(full, bytes));
    }
  }

  /** Speech of calls, by the rate it is wanted at. */
  async speech(file: ScenarioFile, steps: readonly PlacedStep[]): Promise<void> {
    for (const sampleRate of [8000, 16_000, 24_000] as const) {
      const gathering = new Gathering(this.#options, {
        sampleRate,
        frameMs: file.audio.chunk,
        maxFrames: null,
        speechLevel: file.audio.speech_level,
      });
      const places: { step: RpcStep; index: number }[] = [];
      for (const { step, path } of steps) {
        if (!('rpc' in step) || step.audio?.sample_rate !== sampleRate) continue;
        const place = { step, index: -1 };
        places.push(place);
        gathering.part(step.audio, step.audio.voice, null, [...path, 'audio'], (i) => (place.index = i));
      }
      if (places.length === 0) continue;
      await gathering.make();
      this.problems.push(...gathering.problems);
      this.failure ??= gathering.failure;
      for (const { step, index } of places) {
        const clip = gathering.clips[index];
        if (clip) this.audio.set(step, clip);
      }
    }
  }
}

/** Messages of other parts are sentences; here they follow a place. */
function withoutStop<T>(result: Result<T>): Result<T> {
  if (result.ok) return result;
  return { ok: false, error: { ...result.error, message: result.error.message.replace(/\.$/, '') } };
}

/** Reads everything of a checked scenario; problems carry the path of what they belong to. */
export async function gatherRequests(file: ScenarioFile, options: ContentsOptions): Promise<RequestContents> {
  const contents = new Contents(options);
  const all: PlacedStep[] = [];
  for (const { requester, path } of requestersOf(file)) {
    const steps = stepsOf(requester, path);
    all.push(...steps);
    contents.problems.push(...jsonPathProblems(requester, path, steps));
    await contents.feeds(requester, path);
    await contents.protos(requester, path, steps);
  }
  await severalAtATime(all, atATime, (step) => contents.body(step));
  await contents.speech(file, all);
  return contents;
}
