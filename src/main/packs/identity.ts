/** What a pack is called. */

const longestTestId = 50;
const longestDisplayName = 50;

/** `Insurance inquiry` → `insurance-inquiry`: 2 to 50 of a–z, 0–9, - and _, as Azure wants it. */
export function testIdOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .slice(0, longestTestId)
    .replaceAll(/^-+|-+$/g, '');
  return slug.length >= 2 ? slug : `pack-${slug}`.replace(/-$/, '');
}

/** 2 to 50 characters. */
export function displayNameOf(name: string): string {
  const shown = name.length > longestDisplayName ? `${name.slice(0, longestDisplayName - 1)}…` : name;
  return shown.length >= 2 ? shown : `Pack ${shown}`.trim();
}
