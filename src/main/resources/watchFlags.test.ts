import { describe, expect, it } from 'vitest';
import { readWatchFlags } from './watchFlags.ts';

function read(...flags: string[]) {
  const result = readWatchFlags(flags);
  return result.ok ? result.value : result.error.message;
}

describe('--watch', () => {
  it('names a process, a port, a process id or series of an endpoint', () => {
    expect(
      read(
        'process=python',
        'port=8080',
        'pid=12',
        'http://127.0.0.1:9090/metrics#up,queue_depth{queue="tts",code=~"a,b"}',
      ),
    ).toMatchObject({
      processes: [
        { name: 'python', process: 'python', children: true },
        { name: 'port 8080', port: 8080 },
        { name: 'pid 12', pid: 12 },
      ],
      prometheus: [
        {
          name: '127.0.0.1:9090',
          url: 'http://127.0.0.1:9090/metrics',
          series: [
            { series: 'up', sum: false },
            { series: 'queue_depth{queue="tts",code=~"a,b"}', sum: false },
          ],
        },
      ],
    });
    expect(read()).toBeNull();
  });

  it('tells the same one apart when it is given twice', () => {
    const read2 = read('http://localhost:1/a#up', 'http://localhost:1/b#up');
    expect(read2).toMatchObject({ prometheus: [{ name: 'localhost:1' }, { name: 'localhost:1 2' }] });
  });

  it.each([
    ['python', /write process=NAME/],
    ['process=', /the name is empty/],
    ['port=0', /a port is a number from 1 to 65535/],
    ['port=http', /a port is a number/],
    ['pid=-1', /a process id is a number/],
    ['http://localhost/metrics', /say which series behind a #/],
    ['http://localhost/metrics#up{', /must have its labels/],
    ['ftp://localhost/metrics#up', /write process=NAME/],
  ])('says of %j what is wrong', (flag, message) => {
    expect(read(flag)).toMatch(message);
  });

  it('does not repeat a secret of an address', () => {
    expect(read('http://me:hunter2@localhost/m?token=abc')).not.toMatch(/hunter2|abc/);
  });
});
