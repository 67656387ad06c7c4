/** What a place of the app says is to be checked, and back. */
import type { CheckSubject } from '#contract/api/checks';
import { masked } from '#contract/secrets';
import type { Route } from '../navigation/routes.ts';

export type CheckRoute = Extract<Route, { screen: 'check' }>;

/** Null while nothing was chosen. */
export function subjectOf(route: CheckRoute): CheckSubject | null {
  if (route.url !== null) return { kind: 'url', url: route.url };
  if (route.path !== null) {
    return route.environment === null
      ? { kind: 'scenario', path: route.path }
      : { kind: 'scenario', path: route.path, environment: route.environment };
  }
  return route.environment === null ? null : { kind: 'environment', name: route.environment };
}

/** Whether an address has only the mask of its secret: what was checked is shown again, its secrets are not kept. */
export function lacksSecret(subject: CheckSubject | null): boolean {
  return subject?.kind === 'url' && subject.url.includes(masked);
}

/** The place of a subject. An address stays out of it: it may hold a token, and a hash lasts. */
export function routeOf(subject: CheckSubject): CheckRoute {
  const nothing: CheckRoute = { screen: 'check', path: null, environment: null, url: null };
  switch (subject.kind) {
    case 'scenario':
      return { ...nothing, path: subject.path, environment: subject.environment ?? null };
    case 'environment':
      return { ...nothing, environment: subject.name };
    case 'url':
      return nothing;
  }
}
