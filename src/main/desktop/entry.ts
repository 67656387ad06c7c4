/** The desktop app's main process. */
import { startDesktop } from './desktop.ts';

startDesktop();
