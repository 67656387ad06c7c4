/** The first lines of Locust's CSV files (2.12 and later; failures with First and Last Seen as since 2.44). */

const percentiles = [
  '50%', '66%', '75%', '80%', '90%', '95%', '98%', '99%', '99.9%', '99.99%', '100%',
] as const; // prettier-ignore

/** The same as shares, in the same order. */
export const reportedShares: readonly number[] = percentiles.map((name) => Number(name.slice(0, -1)) / 100);

export const statsHeader = [
  'Type', 'Name', 'Request Count', 'Failure Count', 'Median Response Time', 'Average Response Time',
  'Min Response Time', 'Max Response Time', 'Average Content Size', 'Requests/s', 'Failures/s', ...percentiles,
] as const; // prettier-ignore

export const historyHeader = [
  'Timestamp', 'User Count', 'Type', 'Name', 'Requests/s', 'Failures/s', ...percentiles,
  'Total Request Count', 'Total Failure Count', 'Total Median Response Time', 'Total Average Response Time',
  'Total Min Response Time', 'Total Max Response Time', 'Total Average Content Size',
] as const; // prettier-ignore

export const failuresHeader = ['Method', 'Name', 'Error', 'Occurrences', 'First Seen', 'Last Seen'] as const;

export const exceptionsHeader = ['Count', 'Message', 'Traceback', 'Nodes'] as const;

/** Type of every row but the last, as the locustfile of a pack has it. */
export const requestType = 'voice';
/** Name of the row over all others. */
export const aggregated = 'Aggregated';

/** A line as Python's csv module ends it. */
export function locustLine(fields: readonly (string | number)[]): string {
  const cell = (value: string | number) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${fields.map(cell).join(',')}\r\n`;
}

/** A number as Python writes a float: `100.0`. */
export function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
