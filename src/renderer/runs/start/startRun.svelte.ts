/** The way of a run from a click to its screen: looked at first, asked about where there is something to decide, then started. */
import type { RunPreview, StartRunInput } from '#contract/api/runs';
import type { AppError } from '#contract/errors';
import type { Refusal } from '#contract/machine';
import { api } from '../../api/index.ts';
import { copyText } from '../../frame/clipboard.ts';
import { messages } from '../../frame/messages.svelte.ts';
import { place } from '../../navigation/place.svelte.ts';
import { isSpoken } from '../../scenarios/scenarioList.svelte.ts';
import { recording, runList } from '../runList.svelte.ts';
import { callOnceEnded } from './callOnceEnded.ts';

/** What is to be run. */
export interface RunWish {
  /** Path of the scenario. */
  scenario: string;
  /** Aimed at this environment; null: the scenario's own. */
  environment: string | null;
  /** One call, or one pass through the requests, then to what it did. */
  once?: boolean;
}

/** A run that waits for the operator's word. */
export interface AskedRun {
  wish: RunWish;
  preview: RunPreview;
  /** Why the application did not start it, when it was tried already. */
  refused: AppError | null;
}

/** What the operator agreed to. */
export interface RunConsent {
  /** Refusals it is run in spite of. */
  force: Refusal[];
  /** The name that was typed in; null where none was asked for. */
  confirm: string | null;
}

function inputOf({ scenario, environment, once }: RunWish, consent?: RunConsent): StartRunInput {
  return {
    scenario,
    ...(isSpoken(scenario) ? recording() : {}),
    ...(environment === null ? {} : { environment }),
    ...(once === true ? { once } : {}),
    ...(consent && consent.force.length > 0 ? { force: consent.force } : {}),
    ...(consent && consent.confirm !== null ? { confirm: consent.confirm } : {}),
  };
}

/** Whether a preview holds something the operator should decide on before calls are placed. */
export function needsDecision({ warnings, refusals, confirm }: RunPreview): boolean {
  return warnings.length > 0 || refusals.length > 0 || confirm !== null;
}

class StartRun {
  #asked: AskedRun | null = $state.raw(null);
  #looking = $state(false);

  /** The run the dialog is about; null: it is closed. */
  get asked(): AskedRun | null {
    return this.#asked;
  }

  /** Whether a run is being looked at or started. */
  get busy(): boolean {
    return this.#looking || runList.starting;
  }

  /** Starts it when there is nothing to decide, else opens the dialog. */
  async ask(wish: RunWish): Promise<void> {
    const preview = await this.#look(wish);
    if (preview === null) return;
    if (needsDecision(preview)) this.#asked = { wish, preview, refused: null };
    else await this.#start(wish);
  }

  /** Starts what the dialog asked about; whether the dialog is done. */
  async agree(consent: RunConsent): Promise<void> {
    if (this.#asked) await this.#start(this.#asked.wish, consent);
  }

  /** Looks at it again: something it lacked is there now. */
  async lookAgain(): Promise<void> {
    if (!this.#asked) return;
    const { wish } = this.#asked;
    const preview = await this.#look(wish);
    if (preview && this.asked !== null) this.#asked = { wish, preview, refused: null };
  }

  /** The dialog was closed. */
  dismiss(): void {
    this.#asked = null;
  }

  /** Puts what would start it from a terminal on the clipboard. */
  async copyCommandLine(wish: RunWish): Promise<void> {
    const preview = await this.#look(wish);
    if (preview) copyText(preview.commandLine, 'The command line is on the clipboard.');
  }

  async #look(wish: RunWish): Promise<RunPreview | null> {
    if (this.busy) return null;
    this.#looking = true;
    const answer = await api.runs.preview(inputOf(wish));
    this.#looking = false;
    if (answer.ok) return answer.value;
    messages.error(answer.error);
    return null;
  }

  async #start(wish: RunWish, consent?: RunConsent): Promise<void> {
    const answer = await runList.start(inputOf(wish, consent));
    if (answer === null) return;
    if (answer.ok) {
      this.#asked = null;
      const id = answer.value.runId;
      place.go({ screen: 'run', id, tab: 'overview' });
      if (wish.once === true) callOnceEnded(id);
    } else if (answer.error.kind === 'refused') {
      await this.#askAgain(wish, answer.error);
    } else if (this.#asked) {
      this.#asked = { ...this.#asked, refused: answer.error };
    } else {
      messages.error(answer.error);
    }
  }

  /** Something came up since the run was looked at. */
  async #askAgain(wish: RunWish, refused: AppError): Promise<void> {
    const preview = await this.#look(wish);
    if (preview && needsDecision(preview)) {
      this.#asked = { wish, preview, refused };
    } else {
      this.#asked = null;
      messages.error(refused);
    }
  }
}

export const startRun = new StartRun();
