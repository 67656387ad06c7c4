/** Scenarios: reading, checking, listing, and making a run's plan of one. */
export { bundledScenarios, listScenarios, practiceScenario, readScenario } from './library.ts';
export { environmentVariableNames } from './overrides/environmentVariables.ts';
export { prepareRun, type PreparedRun, type RunOverrides } from './prepare.ts';
export { formatProblem } from './problems.ts';
export {
  validateScenario,
  validateScenarioText,
  type ValidatedScenario,
  type ValidateOptions,
} from './validate.ts';
