/** What users of kind http and grpc do, from the parsed file to the plan: steps numbered, defaults inherited, texts filled in. */
import { resolve } from 'node:path';
import type { RequestStep } from '#contract/requests';
import type { HttpStep, RpcStep } from '#contract/scenario/file';
import type { Check, Feed, Variable } from '#contract/scenario/request';
import {
  addressOf,
  checkName,
  methodOf,
  stepName,
  type AnyStep,
  type Requester,
} from '#contract/scenario/steps';
import type {
  PlanBody,
  PlanFeed,
  PlanHttpRequest,
  PlanJourney,
  PlanPart,
  PlanRpc,
  PlanStep,
  PlanStepGroup,
} from '#engine/requestPlan';
import type { RequestContents } from './contents.ts';
import type { TemplateFiller } from './fill.ts';

type Entries = NonNullable<Requester['steps']>;

export interface JourneyParts {
  contents: RequestContents;
  fill: TemplateFiller;
  /** Relative paths begin here. */
  folder: string;
  /** `unary` … of a call. */
  typeOfRpc: (requester: Requester, rpc: string) => string;
}

/** Makes journeys, and the list of all their steps. */
export class Journeys {
  readonly steps: RequestStep[] = [];
  readonly #parts: JourneyParts;

  constructor(parts: JourneyParts) {
    this.#parts = parts;
  }

  journey(requester: Requester): PlanJourney {
    const { fill } = this.#parts;
    const tasks = 'tasks' in requester ? (requester.tasks ?? []) : [];
    const onStart = this.#groups(requester, 'on_start' in requester ? (requester.on_start ?? []) : []);
    const iterations =
      requester.steps === undefined
        ? tasks.map(({ name, weight, steps }) => ({ name, weight, groups: this.#groups(requester, steps) }))
        : [{ name: requester.name, weight: 1, groups: this.#groups(requester, requester.steps) }];
    return {
      onStart,
      tasks: iterations,
      onStop: this.#groups(requester, 'on_stop' in requester ? (requester.on_stop ?? []) : []),
      wait: requester.wait,
      variables: Object.fromEntries(
        Object.entries(requester.variables).map(([name, variable]): [string, Variable] => [
          name,
          fill.value(variable),
        ]),
      ),
      feeds: requester.data.map((feed) => this.#feed(feed)),
    };
  }

  #feed(feed: Feed): PlanFeed {
    const { contents, fill } = this.#parts;
    const rows = feed.rows?.map((row) => fill.plain(row)) ?? contents.rows.get(feed) ?? [];
    return { name: feed.name, rows, order: feed.order };
  }

  #groups(requester: Requester, entries: Entries): PlanStepGroup[] {
    return entries.map((entry): PlanStepGroup => {
      if (!('steps' in entry)) {
        const place = { group: null, phase: entry.phase ?? null };
        return {
          name: null,
          repeat: { from: 1, to: 1 },
          probability: 1,
          steps: [this.#step(requester, entry, place)],
        };
      }
      const { group, phase = null, repeat, probability } = entry;
      return {
        name: group,
        repeat: typeof repeat === 'number' ? { from: repeat, to: repeat } : repeat,
        probability,
        steps: entry.steps.map((step) => this.#step(requester, step, { group, phase: step.phase ?? phase })),
      };
    });
  }

  #step(
    requester: Requester,
    step: AnyStep,
    { group, phase }: { group: string | null; phase: string | null },
  ): PlanStep {
    const { fill, typeOfRpc } = this.#parts;
    const rpc = 'rpc' in step;
    const checks = step.checks.map((check): Check => fill.plain(check));
    const id =
      this.steps.push({
        id: this.steps.length,
        name: stepName(step),
        type: rpc ? typeOfRpc(requester, addressOf(step)) : methodOf(step),
        user: requester.name,
        phase,
        group,
        // As written: results show no value of this run.
        checks: step.checks.map(checkName),
      }) - 1;
    return {
      id,
      checks,
      extract: fill.plain(step.extract),
      retries: step.retries ?? requester.retries,
      onFailure: step.on_failure,
      pauseAfter: step.pause_after ?? null,
      timeoutMs: (rpc ? step.deadline : step.timeout) ?? requester.timeout,
      http: rpc ? null : this.#request(requester, step),
      rpc: rpc ? this.#rpc(step) : null,
    };
  }

  #request(requester: Requester, step: HttpStep): PlanHttpRequest {
    const { fill } = this.#parts;
    const { stream } = step;
    return {
      method: methodOf(step),
      address: fill.text(addressOf(step)),
      query: fill.texts(step.query),
      headers: fill.texts(step.headers),
      body: this.#body(step),
      stream: stream
        ? { format: stream.format, token: stream.token ?? null, done: stream.done ?? null }
        : null,
      redirects: step.redirects ?? (requester.kind === 'http' ? requester.redirects : 0),
    };
  }

  #body(step: HttpStep): PlanBody | null {
    const { fill } = this.#parts;
    if (step.json !== undefined) return { kind: 'json', value: fill.value<unknown>(step.json) };
    if (step.form !== undefined) return { kind: 'form', fields: fill.texts(step.form) };
    if (step.multipart !== undefined)
      return { kind: 'multipart', parts: step.multipart.map((part) => this.#part(part)) };
    if (step.body !== undefined) return { kind: 'text', text: fill.text(step.body) };
    return step.body_file === undefined ? null : { kind: 'bytes', bytes: this.#bytes(step.body_file) };
  }

  #part({ name, value, file, filename, type }: NonNullable<HttpStep['multipart']>[number]): PlanPart {
    const { fill } = this.#parts;
    const text = (one: string | undefined) => (one === undefined ? null : fill.text(one));
    return {
      name: fill.text(name),
      value: text(value),
      bytes: file === undefined ? null : this.#bytes(file),
      filename: text(filename) ?? (file === undefined ? null : (file.split(/[\\/]/).at(-1) ?? file)),
      type: text(type),
    };
  }

  #bytes(file: string): SharedArrayBuffer {
    return this.#parts.contents.bodies.get(resolve(this.#parts.folder, file)) ?? new SharedArrayBuffer(0);
  }

  #rpc(step: RpcStep): PlanRpc {
    const { fill, contents } = this.#parts;
    const clip = contents.audio.get(step);
    const { audio } = step;
    return {
      rpc: addressOf(step),
      message: step.message === undefined ? null : fill.value<unknown>(step.message),
      messages: (step.messages ?? []).map((message) => fill.value<unknown>(message)),
      messageIntervalMs: step.message_interval,
      audio:
        audio && clip
          ? {
              samples: clip.samples,
              sampleRate: clip.sampleRate,
              field: audio.field,
              chunkMs: audio.chunk,
              realTime: audio.real_time,
              message: audio.message === undefined ? null : fill.value<unknown>(audio.message),
            }
          : null,
      firstAudio: step.first_audio ?? null,
      token: step.token ?? null,
      metadata: fill.texts(step.metadata),
    };
  }
}
