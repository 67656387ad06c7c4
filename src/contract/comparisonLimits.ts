/** Most runs side by side. */
export const mostCompared = 8;
