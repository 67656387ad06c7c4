/** How connections end, in words. */
import type { CallRecord } from '#contract/run';

interface Words {
  name: string;
  about: string;
  bad: boolean;
}

export const callOutcomes: Record<CallRecord['outcome'], Words> = {
  ended: { name: 'ended', about: 'Ended as planned', bad: false },
  failed: { name: 'failed', about: 'Could not be connected', bad: true },
  dropped: { name: 'dropped', about: 'Dropped by the other side in the middle', bad: true },
  cut: { name: 'cut', about: 'Cut off by the end of the run', bad: false },
};

/** The same by any name. */
export const connectionOutcomes: Partial<Record<string, Words>> = callOutcomes;

/** Close codes of RFC 6455 (§7.4.1) and of IANA's registry. */
export const closeCodeWords: Partial<Record<string, Words>> = {
  1000: { name: 'normal', about: 'Normal closure: what the connection was for is done', bad: false },
  1001: {
    name: 'going away',
    about: 'The other side goes away: it shuts down, or the page was left',
    bad: true,
  },
  1002: { name: 'protocol error', about: 'A protocol error', bad: true },
  1003: { name: 'unsupported data', about: 'Data of a kind that is not accepted', bad: true },
  1005: { name: 'no code', about: 'Closed without a code', bad: false },
  1006: { name: 'abnormal', about: 'Broken off without a close frame', bad: true },
  1007: { name: 'invalid data', about: 'A message whose content does not fit its type', bad: true },
  1008: { name: 'policy', about: 'A message that breaks a rule of the other side', bad: true },
  1009: { name: 'too big', about: 'A message that is too big', bad: true },
  1010: { name: 'extension missing', about: 'An extension that was expected is missing', bad: true },
  1011: { name: 'server error', about: 'The server met something it cannot handle', bad: true },
  1012: { name: 'restart', about: 'The service restarts', bad: true },
  1013: { name: 'try again later', about: 'The server is overloaded', bad: true },
  1014: { name: 'bad gateway', about: 'A gateway got an invalid answer', bad: true },
  1015: { name: 'TLS failed', about: 'The TLS handshake failed', bad: true },
};
