/** Calls that were to arrive in a second by a rate, and those that were dropped; older runs had none. */
export const sql = `
ALTER TABLE samples ADD COLUMN arrivals_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN arrivals_dropped INTEGER NOT NULL DEFAULT 0;
`;
