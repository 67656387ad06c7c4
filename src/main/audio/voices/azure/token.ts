/** What can be read from an access token without being its issuer. */
import { z } from 'zod';

const Claims = z.object({ exp: z.number().optional(), aud: z.string().optional() });

/** A token as it is sent, without the word before it and, for `aad#resource#token`, without what is put in front. */
function claimsOf(token: string): z.infer<typeof Claims> | null {
  const bare = token.slice(token.lastIndexOf('#') + 1);
  const payload = bare.split('.')[1];
  if (payload === undefined) return null;
  try {
    const parsed = Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** When the token ends; null where it does not say. */
export function tokenExpiry(token: string): Date | null {
  const exp = claimsOf(token)?.exp;
  if (exp === undefined) return null;
  const date = new Date(exp * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Whether Microsoft Entra issued it for speech resources, rather than the speech resource itself. */
export function isEntraToken(token: string): boolean {
  return /cognitiveservices\.azure\./i.test(claimsOf(token)?.aud ?? '');
}

/** The token as it was meant: copied with the word `Bearer` or with line breaks from a terminal's wrapping. */
export function tidyToken(written: string): string {
  return written
    .trim()
    .replace(/^bearer\s+/i, '')
    .replaceAll(/[\r\n]+\s*/g, '');
}
