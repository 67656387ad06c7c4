import { describe, expect, it } from 'vitest';
import { findLocust, LocustMissing } from './findLocust.ts';

describe('finding Locust', () => {
  it('takes the first Python that has everything', async () => {
    const asked: string[] = [];
    const found = await findLocust(
      async (python) => {
        asked.push(python);
        return python === 'b' || python === 'c' ? `locust of ${python}` : null;
      },
      ['a', 'b', 'c'],
    );
    expect(found).toEqual({ python: 'b', versions: 'locust of b' });
    expect(asked).toEqual(['a', 'b']);
  });

  it('says how to install it when there is none', async () => {
    const missing = findLocust(async () => null, ['/usr/bin/python3', 'python3']);
    await expect(missing).rejects.toBeInstanceOf(LocustMissing);
    await expect(missing).rejects.toThrow(
      /not found \(tried \/usr\/bin\/python3, python3\).*apt install python3-locust/,
    );
  });

  it('passes over a Python that is not there', async () => {
    await expect(findLocust(undefined, ['/nowhere/python3'])).rejects.toBeInstanceOf(LocustMissing);
  });
});
