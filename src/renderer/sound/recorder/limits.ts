/** Most characters of a recording's name, and of the words that are said in it. */
export const longestName = 200;
export const longestWords = 5000;
