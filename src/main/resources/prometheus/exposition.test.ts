import { describe, expect, it } from 'vitest';
import {
  exposedNumber,
  familyOf,
  formatOf,
  isCumulative,
  readExposition,
  type Exposition,
} from './exposition.ts';

function read(text: string, format: 'text' | 'openmetrics' = 'text'): Exposition {
  const result = readExposition(text, format);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function problem(text: string, format: 'text' | 'openmetrics' = 'text'): string {
  const result = readExposition(text, format);
  return result.ok ? 'nothing' : result.error.message;
}

describe('the text format', () => {
  it('reads the example of its description', () => {
    const exposition = read(`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# HELP rpc_duration_seconds A summary of the RPC duration in seconds.
# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`);
    expect(exposition.samples).toHaveLength(12);
    expect(exposition.samples[0]).toEqual({
      name: 'http_requests_total',
      labels: { method: 'post', code: '200' },
      value: 1027,
    });
    expect(exposition.samples[2]?.labels).toEqual({
      path: 'C:\\DIR\\FILE.TXT',
      error: 'Cannot find file:\n"FILE.TXT"',
    });
    expect(exposition.samples[4]?.value).toBe(Infinity);
    expect(exposition.samples[10]?.value).toBe(17_560_473);
    const cumulative = exposition.samples.filter((sample) => isCumulative(exposition, sample));
    expect(cumulative.map(({ name }) => name)).toEqual([
      'http_requests_total',
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'http_request_duration_seconds_bucket',
      'http_request_duration_seconds_sum',
      'http_request_duration_seconds_count',
      'rpc_duration_seconds_sum',
      'rpc_duration_seconds_count',
    ]);
    expect(familyOf(exposition, 'http_request_duration_seconds_bucket')?.help).toBe(
      'A histogram of the request duration.',
    );
  });

  it('allows blanks, a comma behind the last label, empty braces and lines that end in CR LF', () => {
    expect(read('a { x = "1" , } 5\r\n\r\nb{} -0.5e-3\n').samples).toEqual([
      { name: 'a', labels: { x: '1' }, value: 5 },
      { name: 'b', labels: {}, value: -0.0005 },
    ]);
    expect(read('').samples).toEqual([]);
  });

  it('keeps labels that are named like what every object has', () => {
    expect(read('a{__proto__="1",constructor="2"} 5').samples[0]?.labels).toEqual(
      Object.fromEntries([
        ['__proto__', '1'],
        ['constructor', '2'],
      ]),
    );
  });

  it.each([
    ['<html>', 'line 1 has no name of a metric'],
    ['ok 1\nbroken', 'line 2 has "" where its value should be'],
    ['a{x="1" 5', 'line 1 has no comma between two labels'],
    ['a{x="1', 'line 1 has no closing quote'],
    ['a{x="\\t"} 1', 'line 1 has an escape that is none (\\t)'],
    ['a{x="1",x="2"} 1', 'line 1 has the label x twice'],
    ['a{x=1} 1', 'line 1 has no " before a value of a label'],
    ['a 0x10', 'line 1 has "0x10" where its value should be'],
    ['a 1 2.5', 'line 1 has something behind its value that is no timestamp'],
    ['a 1 2 3', 'line 1 has something behind its value that is no timestamp'],
    ['# TYPE a thing', 'line 1 has the type "thing", which there is not'],
    ['a{=', 'line 1 has no name of a label'],
  ])('says of %j what is wrong', (text, message) => {
    expect(problem(text)).toBe(message);
  });
});

describe('OpenMetrics', () => {
  const text = `# TYPE foo counter
# UNIT foo seconds
# HELP foo Says \\"hi\\"
foo_total{a="b # c"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67
foo_created 1520872607.123
# TYPE bar info
bar_info{x="1"} 1
# TYPE state stateset
state{state="on"} 1
# EOF
`;

  it('reads timestamps in seconds, exemplars and types of its own', () => {
    const exposition = read(text, 'openmetrics');
    expect(exposition.samples.map(({ name, value }) => [name, value])).toEqual([
      ['foo_total', 17],
      ['foo_created', 1_520_872_607.123],
      ['bar_info', 1],
      ['state', 1],
    ]);
    expect(exposition.samples[0]?.labels).toEqual({ a: 'b # c' });
    expect(familyOf(exposition, 'foo_total')).toEqual({ type: 'counter', help: 'Says "hi"' });
    expect(exposition.samples.map((sample) => isCumulative(exposition, sample))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('must end with # EOF, and there alone', () => {
    expect(problem('a 1\n', 'openmetrics')).toBe('it does not end with # EOF, so a part of it is missing');
    expect(problem('# EOF\na 1\n', 'openmetrics')).toBe('line 2 stands behind # EOF');
  });

  it('is known by its Content-Type', () => {
    expect(formatOf('application/openmetrics-text; version=1.0.0; charset=utf-8')).toBe('openmetrics');
    expect(formatOf('text/plain; version=0.0.4')).toBe('text');
    expect(formatOf(undefined)).toBe('text');
  });
});

describe('a series without a type', () => {
  it('counts when its name says so', () => {
    const exposition = read('a_total 1\na 1');
    expect(exposition.samples.map((sample) => isCumulative(exposition, sample))).toEqual([true, false]);
  });
});

it('numbers are those of both formats', () => {
  expect(['1', '+1', '-.5', '1.', '1e5', 'Inf', '-inf', '+Infinity', 'NaN'].map(exposedNumber)).toEqual([
    1,
    1,
    -0.5,
    1,
    100_000,
    Infinity,
    -Infinity,
    Infinity,
    NaN,
  ]);
  expect(['', '1_000', '0x1', '1,5', 'in'].map(exposedNumber)).toEqual([null, null, null, null, null]);
});
