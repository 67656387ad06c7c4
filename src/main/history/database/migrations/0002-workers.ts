/** What each engine thread said of itself in a second: a list of lists in the order of `samples.ts`; NULL where there is none. */
export const sql = `
ALTER TABLE samples ADD COLUMN workers TEXT;
`;
