/** What the cores left idle in a second, in cores; NULL where it is not known. */
export const sql = `
ALTER TABLE samples ADD COLUMN idle_cores REAL;
`;
