/** Words of the format that the forms offer, in the order in which they are offered. */

export const httpStepMethods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
export type HttpMethodName = (typeof httpStepMethods)[number];

export const bodyKinds = ['json', 'form', 'multipart', 'body', 'body_file'] as const;
export type BodyKind = (typeof bodyKinds)[number];

export const checkKinds = ['status', 'grpc_status', 'json', 'header', 'body'] as const;
export type CheckKind = (typeof checkKinds)[number];

export const comparisons = ['equals', 'contains', 'matches', 'exists', 'above', 'below'] as const;
export type Comparison = (typeof comparisons)[number];

export const extractKinds = ['json', 'header', 'cookie', 'regex'] as const;
export type ExtractKind = (typeof extractKinds)[number];

export const variableKinds = ['value', 'choice', 'random', 'sequence'] as const;
export type VariableKind = (typeof variableKinds)[number];

/** Names that need no declaration. */
export const builtInNames = [
  { name: 'vu', about: 'number of the user, from 1' },
  { name: 'iteration', about: 'number of its iteration, from 1' },
  { name: 'uuid', about: 'a fresh UUID' },
] as const;
