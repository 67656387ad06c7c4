/** How long the models behind the services take. */
import type { Delay, PracticeServices } from '#contract/practice';

export interface ServicePace {
  /** From the request to the first token. */
  firstToken: Delay;
  /** Between two tokens. */
  tokenPace: Delay;
  /** Tokens of an answer. */
  tokens: number;
  /** From the end of the audio to its transcript. */
  finalResult: Delay;
  /** From the text to the first audio. */
  firstAudio: Delay;
}

const lognormal = (median: number, sigma: number, max: number): Delay => ({
  kind: 'lognormal',
  median,
  sigma,
  max,
});

const profiles: Record<PracticeServices['profile'], ServicePace> = {
  mock: {
    firstToken: lognormal(80, 0.25, 400),
    tokenPace: { kind: 'uniform', min: 8, max: 16 },
    tokens: 24,
    finalResult: lognormal(120, 0.25, 500),
    firstAudio: lognormal(100, 0.25, 500),
  },
  live: {
    firstToken: lognormal(1200, 0.8, 30_000),
    tokenPace: { kind: 'uniform', min: 20, max: 60 },
    tokens: 60,
    finalResult: lognormal(350, 0.5, 5000),
    firstAudio: lognormal(300, 0.5, 5000),
  },
};

/** Those of the profile, but for what the settings say themselves. */
export function paceOf(services: PracticeServices): ServicePace {
  const profile = profiles[services.profile];
  return {
    firstToken: services.first_token ?? profile.firstToken,
    tokenPace: services.token_pace ?? profile.tokenPace,
    tokens: services.tokens ?? profile.tokens,
    finalResult: services.final_result ?? profile.finalResult,
    firstAudio: services.first_audio ?? profile.firstAudio,
  };
}
