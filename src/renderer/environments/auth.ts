/** The ways to sign in, and what becomes of what is filled in when another one is chosen. */

export const authKinds = [
  { value: 'none', name: 'Nothing' },
  { value: 'bearer', name: 'Bearer token' },
  { value: 'basic', name: 'User and password' },
  { value: 'header', name: 'A header of its own' },
  { value: 'query', name: 'A parameter of the address' },
] as const;
export type AuthKind = (typeof authKinds)[number]['value'];

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The `auth` of a kind, with the secret and the name taken over from what was there; null for none. */
export function authOfKind(kind: AuthKind, before: Record<string, unknown>): Record<string, string> | null {
  const secret = text(before.token ?? before.value ?? before.password);
  const name = text(before.name);
  switch (kind) {
    case 'none':
      return null;
    case 'bearer':
      return { type: kind, token: secret };
    case 'basic':
      return { type: kind, user: text(before.user), password: secret };
    case 'header':
      return { type: kind, name: name === '' ? 'x-api-key' : name, value: secret };
    case 'query':
      return { type: kind, name: name === '' ? 'code' : name, value: secret };
  }
}
