import type { PackLoad } from './load.ts';
import { stopTimeoutSeconds } from './testYaml.ts';

/** `locust.conf`: what Locust is told when nothing is said on its command line. */
export function locustConf({ users, spawnRate, durationMs }: PackLoad): string {
  return `# Read by Locust from the folder it is started in. Its command line and LOCUST_… variables come before it.
locustfile = locustfile.py
users = ${users}
spawn-rate = ${spawnRate}
run-time = ${durationMs / 1000}s
# Turns that are open at the end may end.
stop-timeout = ${stopTimeoutSeconds}
# Without its page:
# headless = true
`;
}
