/**
 * How the turns of a run are written (`tables.ts`). Runs that are there stay as they are: rewriting every turn of a large
 * history would keep the program from starting for too long.
 */
export const sql = `
ALTER TABLE runs ADD COLUMN turn_form INTEGER NOT NULL DEFAULT 1;
`;
