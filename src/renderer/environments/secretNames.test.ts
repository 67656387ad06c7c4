import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsLiteralSecret, proposedSecretName, secretNameProblem } from './secretNames.ts';

describe('the name of a secret', () => {
  it.each([
    [['staging', 'x-key'], 'STAGING_X_KEY'],
    [['Staging (west)', 'Authorization'], 'STAGING_WEST_AUTHORIZATION'],
    [['2nd', 'token'], 'SECRET_2ND_TOKEN'],
    [['', '…'], 'SECRET'],
  ])('is proposed from where it is used: %j', (parts, name) => {
    expect(proposedSecretName(...parts)).toBe(name);
  });

  it('is always one that is allowed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 80 })), (parts) => {
        expect(secretNameProblem(proposedSecretName(...parts))).toBeNull();
      }),
    );
  });

  it.each(['', 'a b', '1st', 'x-key', 'ä', 'A'.repeat(101)])('is refused: %j', (name) => {
    expect(secretNameProblem(name)).not.toBeNull();
  });
});

it.each([
  ['', false],
  ['${secret:KEY}', false],
  ['Bearer ${env:TOKEN}', false],
  ['abc123', true],
])('%j holds a literal: %s', (text, literal) => {
  expect(holdsLiteralSecret(text)).toBe(literal);
});
