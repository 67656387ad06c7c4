/** Keeps V8 from recompiling how WebAssembly calls JavaScript. */
import { setFlagsFromString } from 'node:v8';

/** Calls of one import until V8 compiles a wrapper for it alone; within a small integer of every build of V8. */
const never = 1_000_000_000;

/**
 * Must be said in a process before it starts threads that run WebAssembly (the HTTP parser in every engine thread, Node's
 * own reader of TypeScript when run from source). V8 13.6 shares compiled wrappers of imports between all threads of a
 * process and frees them while threads come and go; now and then a thread that compiled one after others had ended took the
 * whole process along (`Check failed: jit_page.has_value()` below `Runtime_TierUpWasmToJSWrapper`, or SIGSEGV). The
 * wrapper that serves every signature is part of the program and never freed.
 */
export function keepWasmWrappers(): void {
  setFlagsFromString(`--wasm-wrapper-tiering-budget=${never}`);
}
