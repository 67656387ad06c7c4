import { writeSpan } from './scalars.ts';

/** What a group does in a few words: `3 requests, 2 to 5 times, in 50 % of iterations`. */
export function groupWords(
  group: Readonly<Record<string, unknown>>,
  steps: number,
  kind: 'http' | 'grpc',
): string {
  const one = kind === 'grpc' ? 'call' : 'request';
  const words = [steps === 1 ? `1 ${one}` : `${steps} ${one}s`];
  const { repeat, probability } = group;
  if (repeat !== undefined && repeat !== 1) words.push(`${writeSpan(repeat)} times`);
  if (typeof probability === 'number' && probability !== 1)
    words.push(`in ${Number((probability * 100).toPrecision(3))} % of iterations`);
  return words.join(', ');
}
