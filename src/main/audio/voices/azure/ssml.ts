/** SSML, the markup in which Azure Speech is told what to say, by whom and how. */
import { longestText } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';

export interface Speech {
  text: string;
  /** Like `en-US-JennyMultilingualNeural`. */
  voice: string;
  style?: string | undefined;
  rate?: string | undefined;
}

const namedRate = /^(?:x-slow|slow|medium|fast|x-fast|default)$/i;
const numericRate = /^[+-]?\d{1,4}(?:\.\d{1,4})?%$|^\d(?:\.\d{1,4})?$/;

/** Everything that XML 1.0 cannot hold, not even escaped: control characters and halves of a surrogate pair. */
const notInXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replaceAll(notInXml, '').replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** The language of a voice, by its name: all but the last part. `en-US` for a voice that is named otherwise. */
export function localeOfVoice(voice: string): string {
  return /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,16}){1,3})-[^-]+$/.exec(voice.trim())?.[1] ?? 'en-US';
}

/** The SSML of one utterance. Errors: `nothing_said`, `text_too_long`, `invalid_rate`, `unknown_voice`. */
export function ssmlOf({ text, voice, style, rate }: Speech): Result<string> {
  const name = voice.trim();
  if (name === '') {
    return fail(
      'invalid_input',
      'unknown_voice',
      'Name the Azure voice that is to speak; the list has them all.',
    );
  }
  const words = text.replaceAll(notInXml, ' ').trim();
  if (!/[\p{L}\p{N}\p{S}]/u.test(words)) {
    const shown = JSON.stringify(text.trim().slice(0, 40));
    return fail(
      'invalid_input',
      'nothing_said',
      `There is nothing to say in ${shown}; write words, or give the turn a clip.`,
    );
  }
  if (words.length > longestText) {
    return fail(
      'invalid_input',
      'text_too_long',
      `The text has ${words.length.toLocaleString('en')} characters, and one utterance may have ${longestText.toLocaleString('en')}; split it into several turns.`,
    );
  }
  const speed = rate?.trim() ?? '';
  if (speed !== '' && !namedRate.test(speed) && !numericRate.test(speed)) {
    return fail(
      'invalid_input',
      'invalid_rate',
      `The speaking rate ${JSON.stringify(speed.slice(0, 40))} is none that Azure Speech knows; write it like +10%, -20%, 1.2, slow or fast.`,
    );
  }
  let said = escaped(words);
  if (speed !== '') said = `<prosody rate="${escaped(speed)}">${said}</prosody>`;
  const manner = style?.trim() ?? '';
  if (manner !== '') said = `<mstts:express-as style="${escaped(manner)}">${said}</mstts:express-as>`;
  return ok(
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" ' +
      `xml:lang="${localeOfVoice(name)}"><voice name="${escaped(name)}">${said}</voice></speak>`,
  );
}
