/** The sparkline of a run that made requests; of runs before this it is read from their seconds. */
export const sql = `
ALTER TABLE runs ADD COLUMN request_trend TEXT;
`;
