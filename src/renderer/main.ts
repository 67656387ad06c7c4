import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import 'uplot/dist/uPlot.min.css';
import './look/tokens.css';
import './look/base.css';
import './tables/tables.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { messages } from './frame/messages.svelte.ts';
import { toScreenError } from './frame/screenError.ts';
import './frame/theme.svelte.ts';

window.addEventListener('error', (event) => {
  // The browser reports a postponed resize as an error; nothing is wrong then.
  if (!event.message.startsWith('ResizeObserver loop'))
    messages.error(toScreenError(event.error ?? event.message));
});
window.addEventListener('unhandledrejection', (event) => messages.error(toScreenError(event.reason)));

const target = document.getElementById('app');
if (!target) throw new Error('The page has no #app element');
mount(App, { target });
