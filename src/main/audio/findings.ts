/** What can be wrong with a clip or with a line of a manifest, as findings. */
import { createHash } from 'node:crypto';
import type { Finding } from '#contract/api/clips';
import type { AppError } from '#contract/errors';
import type { ClipMeasures } from './clipFile.ts';
import { addressOfLine } from './listing.ts';
import type { ManifestLine } from './manifest.ts';
import { peakLevel, speechLevel } from './speech.ts';

/** Further than this from the level of other clips, in dB. */
const levelTolerance = 6;
const longestLeadingMs = 300;
const longestTrailingMs = 500;
/** Agents commonly take a pause of this length for the end of the turn. */
const longestPauseMs = 500;
/** An utterance that is longer is hardly one. */
const longestMs = 120_000;

const kindOfError: Record<string, Finding['kind']> = {
  clip_empty: 'empty',
  clip_odd: 'odd_length',
  clip_format: 'wrong_format',
  clip_too_large: 'too_long',
};

const seconds = (ms: number) => `${Number((ms / 1000).toFixed(2))} s`;
const decibels = (level: number) => `${level.toFixed(1)} dBFS`;

/** Of a clip that cannot be used; the sentence of the error names it. */
export function findingOfError(filename: string, error: AppError): Finding {
  const kind = kindOfError[error.code] ?? 'unreadable';
  return {
    kind,
    severity: 'error',
    filename,
    message: `${error.message}${kind === 'wrong_format' ? '; import it as a recording, which converts it' : ''}.`,
    mend: kind === 'odd_length' ? 'cut_odd_byte' : null,
  };
}

/** Of a clip that was measured. */
export function findingsOfClip(filename: string, measures: ClipMeasures): Finding[] {
  const { speech, clipped, durationMs } = measures;
  const warning = (kind: Finding['kind'], message: string, mend: Finding['mend'] = null): Finding => ({
    kind,
    severity: 'warning',
    filename,
    message: `${filename} ${message}.`,
    mend,
  });
  if (!speech) {
    const message = `${filename} is silent: nothing in it can be heard.`;
    return [{ kind: 'silent', severity: 'error', filename, message, mend: null }];
  }
  const findings: Finding[] = [];
  if (clipped > 0)
    findings.push(
      warning(
        'clipped',
        `is clipped: ${clipped} ${clipped === 1 ? 'peak is' : 'peaks are'} cut off at full scale; record or generate it again`,
      ),
    );
  const level = levelFinding(filename, speech);
  if (level) findings.push(level);
  if (durationMs > longestMs)
    findings.push(warning('too_long', `is ${seconds(durationMs)} long, which is much for one utterance`));
  if (speech.leadingMs > longestLeadingMs)
    findings.push(warning('leading_silence', `begins with ${seconds(speech.leadingMs)} of silence`, 'trim'));
  if (speech.trailingMs > longestTrailingMs)
    findings.push(warning('trailing_silence', `ends with ${seconds(speech.trailingMs)} of silence`, 'trim'));
  if (speech.longestPauseMs > longestPauseMs)
    findings.push(
      warning(
        'long_pause',
        `has a pause of ${seconds(speech.longestPauseMs)} inside, which an agent may take for the end of the turn`,
      ),
    );
  return findings;
}

function levelFinding(filename: string, speech: { level: number; peak: number }): Finding | null {
  const off = speech.level - speechLevel;
  if (Math.abs(off) <= levelTolerance) return null;
  const quiet = off < 0;
  const reached = speech.level + Math.min(-off, peakLevel - speech.peak);
  const helps = !quiet || speechLevel - reached <= levelTolerance;
  const why = helps ? '' : '; its peaks leave no room to make it louder';
  return {
    kind: quiet ? 'too_quiet' : 'too_loud',
    severity: 'warning',
    filename,
    message: `${filename} is too ${quiet ? 'quiet' : 'loud'}: its speech is at ${decibels(speech.level)}, other clips are at ${speechLevel} dBFS${why}.`,
    mend: helps ? 'normalise' : null,
  };
}

/** The original tool's hash: of words and voice, ten digits of it or all. */
function originalHash({ text, voice }: ManifestLine): string {
  return createHash('md5').update(`${text}|${voice}`).digest('hex');
}

/** Whether the hash of a line is that of other words; of a scheme that is not known nobody can say. */
export function hasWrongHash(line: ManifestLine): boolean {
  const hash = line.hash?.toLowerCase() ?? '';
  const address = addressOfLine(line);
  if (address === null) return false;
  if (/^[0-9a-f]{64}$/.test(hash) && line.provider != null) return hash !== address;
  if (/^(?:[0-9a-f]{10}|[0-9a-f]{32})$/.test(hash)) return !originalHash(line).startsWith(hash);
  return false;
}
