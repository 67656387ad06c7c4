/** What the model behind chat and the language model says: words, one token each. */
import type { Random } from '../random.ts';

const words = (
  'Your policy covers the damage to your car and to the cars of others . A claim can be made by phone or in the app at any time . ' +
  'I have found your account and its balance is up to date . The next payment is due on the first of the month . ' +
  'You can change your plan whenever you like and the new price begins with the next bill . Is there anything else I can help you with today ?'
).split(' ');

/** Where sentences begin. */
const beginnings = words.flatMap((_, i) => (i === 0 || words[i - 1] === '.' ? [i] : []));

/** `count` tokens of an answer that begins with some sentence, with the space before each but the first and before punctuation. */
export function answerTokens(count: number, random: Random): string[] {
  const from = beginnings[Math.floor(random() * beginnings.length)] ?? 0;
  return Array.from({ length: count }, (_, i) => {
    const word = words[(from + i) % words.length] ?? '';
    return i === 0 || word === '.' || word === '?' ? word : ` ${word}`;
  });
}
