/** Whether the page may have the microphone now: only between its saying that the recorder is open and that it is closed. */
export const microphone = { allowed: false };
