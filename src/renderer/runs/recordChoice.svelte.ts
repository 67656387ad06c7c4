/** How many calls of the next run are recorded; remembered until the page is closed. */

export const recordShares = [
  { share: 0, name: 'Record no calls' },
  { share: 0.1, name: 'Record 10 % of calls' },
  { share: 1, name: 'Record all calls' },
] as const;

const rememberedAs = 'crosstalk.record';

function remembered(): number {
  const share = Number(sessionStorage.getItem(rememberedAs) ?? 0);
  return recordShares.some((known) => known.share === share) ? share : 0;
}

class RecordChoice {
  #share = $state(remembered());

  /** Share of the calls, 0–1. */
  get share(): number {
    return this.#share;
  }

  choose(share: number): void {
    this.#share = share;
    sessionStorage.setItem(rememberedAs, String(share));
  }
}

export const recordChoice = new RecordChoice();
