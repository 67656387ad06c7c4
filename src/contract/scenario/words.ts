/** The small schemas that the parts of a scenario share. */
import { z } from 'zod';

/** A key of the agreed format that this version does not act on: it parses, and says so. */
export function reserved(name: string) {
  return z
    .unknown()
    .optional()
    .refine((value) => value === undefined, `"${name}" is not supported yet; remove it for now`)
    .meta({ description: 'Not supported yet.', not: {}, doNotSuggest: true });
}

export const Name = z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters');
export const Path = z.string().trim().min(1, 'must not be empty');
export const Words = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(5000, 'must be at most 5000 characters');
export const Share = z.number().min(0, 'must be between 0 and 1').max(1, 'must be between 0 and 1');
export const PositiveInt = z.number().int('must be a whole number').min(1, 'must be at least 1');
export const Count = z.number().int('must be a whole number').min(0, 'must not be negative');
