/** Takes in results of other tools and exports of this one. */
import type { ImportOutcome, ResultImportProgress } from '#contract/api/results';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import type { RunOrigin } from '#contract/run';
import type { History } from '../history/history.ts';
import type { Reading } from './files.ts';
import { keepResults, lookAt } from './importResults.ts';
import { Intakes, type Intake } from './intake.ts';
import type { ImportNaming } from './record.ts';

/** Progress is told when it has grown by so much. */
const tellEvery = 0.02;

export interface ResultHandlerOptions {
  history: History;
  publish: Publish;
  door: RunOrigin['door'];
  /** Where files lie while they are read; left out: the system's own place for that. */
  folder?: string;
}

export interface ResultHandlers {
  handlers: ApiHandlers['results'];
  /** Ends imports that go on, and removes their files. */
  close(): Promise<void>;
}

export function createResultHandlers(options: ResultHandlerOptions): ResultHandlers {
  const { history, publish, door, folder } = options;
  const intakes = new Intakes(folder);

  const tell = (id: string, state: ResultImportProgress['state'], done: number) =>
    publish('results', 'progress', { id, state, done });

  function readingOf(intake: Intake): Reading {
    let told = 0;
    return {
      signal: intake.cancel.signal,
      folder: intake.folder,
      onProgress: (done) => {
        if (done - told < tellEvery && done < 1) return;
        told = done;
        tell(intake.id, 'reading', done);
      },
    };
  }

  const quietly = (intake: Intake): Reading => ({ ...readingOf(intake), onProgress: () => undefined });

  async function keep(intake: Intake, naming: ImportNaming): Promise<Result<ImportOutcome>> {
    const files = intakes.filesOf(intake);
    if (!files.ok) return files;
    const understood =
      intake.understood === null ? await lookAt(files.value, quietly(intake)) : ok(intake.understood);
    if (!understood.ok) return understood;
    return keepResults(files.value, understood.value, {
      history,
      naming: emptied(naming),
      context: { door, files: files.value.map(({ name }) => name), now: new Date() },
      reading: readingOf(intake),
      onWriting: () => tell(intake.id, 'writing', 0),
    });
  }

  return {
    handlers: {
      begin: ({ files }) => intakes.begin(files),
      add: ({ id, file, data }) => intakes.add(id, file, data),
      look: ({ id }) =>
        intakes.inTurn(id, async (intake) => {
          const files = intakes.filesOf(intake);
          if (!files.ok) return files;
          const looked = await lookAt(files.value, quietly(intake));
          if (!looked.ok) return looked;
          intake.understood = looked.value;
          return ok(looked.value.found);
        }),
      finish: ({ id, ...naming }) =>
        intakes.inTurn(id, async (intake) => {
          try {
            const kept = await keep(intake, naming);
            const ended = intake.cancel.signal.aborted ? 'cancelled' : 'failed';
            tell(id, kept.ok ? 'finished' : ended, kept.ok ? 1 : 0);
            return kept;
          } finally {
            await intakes.drop(intake);
          }
        }),
      async cancel({ id }) {
        await intakes.cancel(id);
        return ok(undefined);
      },
    },
    close: () => intakes.close(),
  };
}

/** What was left empty is as the files have it. */
function emptied({ name, scenario, environment }: ImportNaming): ImportNaming {
  const given = (text: string | undefined) => (text === '' ? undefined : text);
  return { name: given(name), scenario: given(scenario), environment: given(environment) };
}
