/** A program of its own that keeps clips: `node keepMany.ts <folder> <name> <count>`. Begins when it is told to. */
import { utteranceOf } from '../address.ts';
import { ClipCache } from '../cache.ts';
import { tone } from './clips.ts';

const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const cache = new ClipCache([folder]);

process.on('message', () => {
  void (async () => {
    for (let i = 0; i < Number(count); i++) {
      const words = i % 2 === 0 ? `Sentence ${i} of ${name}` : `Shared sentence ${i}`;
      await cache.keep(folder, utteranceOf(words, { provider: 'offline', name: 'slt' }), tone(20));
    }
    process.disconnect();
  })();
});
process.send?.('ready');
