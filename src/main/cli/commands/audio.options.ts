import type { Command } from 'commander';
import { voiceProviders, type VoiceProvider } from '#contract/api/voices';
import type { Perform } from '../perform.ts';
import { oneOf, whole, words } from '../values.ts';

export interface AudioGenerateOptions {
  out?: string;
  maxTurns?: number;
  scenarios?: string[];
  voice?: string;
  provider?: VoiceProvider;
  force?: boolean;
  json?: boolean;
}
export interface AudioVerifyOptions {
  mend?: boolean;
  json?: boolean;
}
export interface AudioListOptions {
  json?: boolean;
}
export interface AudioImportOptions {
  name?: string;
  text?: string;
  trim: boolean;
  normalise: boolean;
  json?: boolean;
}
export interface AudioConnectionOptions {
  provider: VoiceProvider;
  json?: boolean;
}

const generateExamples = `
Examples:
  $ crosstalk audio generate calls.yaml
  $ crosstalk audio generate conversations/*.yaml --out ./audio_cache --max-turns 5
  $ crosstalk audio generate --max-turns 5 --scenarios insurance_inquiry quick_question
  $ crosstalk audio generate calls.yaml --provider azure --voice en-US-AriaNeural

Without a file it is about every conversation of the workspace and of the bundled scenarios.
What has a clip already is left alone, so an interrupted generation goes on where it was. When a clip cannot be made the
others are; it ends with 1 and says which. Ctrl-C keeps what was made.`;

const verifyExamples = `
Examples:
  $ crosstalk audio verify                        the workspace's own clips
  $ crosstalk audio verify ./audio_cache --json
  $ crosstalk audio verify ./audio_cache --mend   put right what can be, then look again

Exits with 1 when there is an error; warnings are only told.`;

const listExamples = `
Examples:
  $ crosstalk audio list
  $ crosstalk audio list ./audio_cache --json`;

const importExamples = `
Examples:
  $ crosstalk audio import thanks.wav --text "Thank you for all the information"
  $ crosstalk audio import raw-16khz.pcm --name greeting --no-trim
  $ crosstalk audio import ./tests/load/audio_cache      a folder of clips with their manifest, as conversations
  $ crosstalk audio import calls.yaml                    the conversations of a scenario

A WAV file may have any rate, depth and number of channels; a .pcm or .raw file is taken for 16-bit mono at 16 kHz.
MP3, OGG and M4A are imported in the studio, whose browser engine decodes them. What a turn has to say to use a recording
is printed as its clip: line.`;

const connectionExamples = `
Examples:
  $ crosstalk audio test-connection
  $ AZURE_SPEECH_KEY=… AZURE_SPEECH_REGION=westeurope crosstalk audio test-connection
  $ crosstalk audio test-connection --provider offline --json

Shows what is configured and from where (never the key), speaks one word, and exits with 1 when that fails.`;

/** `crosstalk audio generate|verify|list|import|test-connection` */
export function addAudioCommand(program: Command, perform: Perform): void {
  const audio = program
    .command('audio')
    .description('the clips that callers speak: make, check, list and import them')
    .addHelpText(
      'after',
      `
Examples:
  $ crosstalk audio generate calls.yaml
  $ crosstalk audio verify
  $ crosstalk audio list
  $ crosstalk audio import thanks.wav
  $ crosstalk audio test-connection --provider azure`,
    );
  addGenerate(audio, perform);
  audio
    .command('verify')
    .description('check the clips of a folder: format, silence, level, manifest')
    .argument('[dir]', "a folder of clips; without it the workspace's own")
    .option('--mend', 'put right what can be put right, and say what was done')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', verifyExamples)
    .action((dir: string | undefined, options: AudioVerifyOptions) =>
      perform(async (context) => (await import('./audio.verify.ts')).verifyAudio(dir, options, context)),
    );
  audio
    .command('list')
    .description('the clips of a folder')
    .argument('[dir]', "a folder of clips; without it the workspace's own")
    .option('--json', 'print them as JSON')
    .addHelpText('after', listExamples)
    .action((dir: string | undefined, options: AudioListOptions) =>
      perform(async (context) => (await import('./audio.list.ts')).listAudio(dir, options, context)),
    );
  audio
    .command('import')
    .description('bring in recordings, a folder of clips, or the conversations of a YAML file')
    .argument('<file...>', 'WAV or PCM files, folders, or YAML files')
    .option('--name <name>', 'what the recording is called; one file only', words)
    .option('--text <words>', 'the words that are said, for the manifest; one file only', words)
    .option('--no-trim', 'leave the silence at both ends')
    .option('--no-normalise', 'leave the level as it is')
    .option('--json', 'print what was imported as JSON')
    .addHelpText('after', importExamples)
    .action((files: string[], options: AudioImportOptions) =>
      perform(async (context) => (await import('./audio.import.ts')).importAudio(files, options, context)),
    );
  audio
    .command('test-connection')
    .description('speak one word with a provider and say what came of it')
    .option('--provider <name>', voiceProviders.join(' or '), oneOf(voiceProviders), 'azure')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', connectionExamples)
    .action((options: AudioConnectionOptions) =>
      perform(async (context) => (await import('./audio.connection.ts')).testConnection(options, context)),
    );
}

function addGenerate(audio: Command, perform: Perform): void {
  audio
    .command('generate')
    .description('speak every turn that has no clip yet, four at a time')
    .argument('[file.yaml...]', 'scenarios, or conversations of the studio')
    .option('--out <dir>', "where clips are kept; without it the workspace's own cache", words)
    .option('--max-turns <n>', 'only the first turns of each conversation', whole(1, 10_000))
    .option('--scenarios <name...>', 'only the conversations with these names')
    .option('--voice <name>', 'speak with this voice in place of those of the file', words)
    .option('--provider <name>', `of the voice: ${voiceProviders.join(' or ')}`, oneOf(voiceProviders))
    .option('--force', 'speak what has a clip already once more')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', generateExamples)
    .action((files: string[], options: AudioGenerateOptions) =>
      perform(async (context) =>
        (await import('./audio.generate.ts')).generateAudio(files, options, context),
      ),
    );
}
