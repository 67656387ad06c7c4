import type { CommandAction } from './context.ts';

/** Takes what a command line asks for; it is done once the whole line has been understood. */
export type Perform = (action: CommandAction) => void;
