/** The samples of the studio's clips. */
import { api } from '../api/index.ts';
import { ClipStore } from './clipStore.ts';

/** The one store: what two screens show is fetched once. */
export const clipSamples = new ClipStore((clip, from, samples) => api.clips.audio({ clip, from, samples }));
api.clips.on('changed', () => clipSamples.clear());
