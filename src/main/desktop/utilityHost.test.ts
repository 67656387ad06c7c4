import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';

class Child extends EventEmitter {
  pid: number | undefined = 4321;
  stderr = new EventEmitter();
  sent: unknown[] = [];
  killed = false;
  postMessage(message: unknown) {
    this.sent.push(message);
  }
  kill() {
    this.killed = true;
    this.emit('exit', 0);
    return true;
  }
}

const forked = vi.hoisted(() => ({ children: [] as EventEmitter[], args: [] as unknown[][] }));
vi.mock('electron', () => ({
  utilityProcess: {
    fork: (...args: unknown[]) => {
      const child = new Child();
      forked.children.push(child);
      forked.args.push(args);
      return child;
    },
  },
}));

const { utilityProcessHost } = await import('./utilityHost.ts');

beforeEach(() => {
  forked.children.length = 0;
  forked.args.length = 0;
});

function spawn() {
  const hosted = utilityProcessHost.spawn('practice', ['--port', '0'], { env: { EXTRA: 'yes' } });
  return { hosted, child: forked.children[0] as Child };
}

describe('a helper process in the desktop door', () => {
  it('is a utility process of the entry, with its arguments and environment', () => {
    spawn();
    const [file, args, options] = forked.args[0] as [string, string[], { env: Record<string, string> }];
    expect(file).toMatch(/practice/);
    expect(args).toEqual(['--port', '0']);
    expect(options.env.EXTRA).toBe('yes');
  });

  it('carries messages both ways until unsubscribed', () => {
    const { hosted, child } = spawn();
    const heard: unknown[] = [];
    const stop = hosted.onMessage((message) => heard.push(message));
    child.emit('message', { type: 'ready' });
    stop();
    child.emit('message', { type: 'late' });
    hosted.send({ type: 'stop' });
    expect(heard).toEqual([{ type: 'ready' }]);
    expect(child.sent).toEqual([{ type: 'stop' }]);
  });

  it('ends with its code and the last of what it complained about', async () => {
    const { hosted, child } = spawn();
    child.stderr.emit('data', Buffer.from('x'.repeat(5000)));
    child.stderr.emit('data', Buffer.from('Error: no port'));
    child.emit('exit', 3);
    const { code, stderr } = await hosted.exited;
    expect(code).toBe(3);
    expect(stderr).toHaveLength(4096);
    expect(stderr.endsWith('Error: no port')).toBe(true);
    hosted.send('nobody there');
    expect(child.sent).toEqual([]);
  });

  it('is asked to end, and waited for', async () => {
    const { hosted, child } = spawn();
    await hosted.kill();
    expect(child.killed).toBe(true);
    await hosted.kill();
  });
});
