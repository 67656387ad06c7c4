/** Thresholds of k6: what they say, and which of them are thresholds of Crosstalk. */
import { judge, latencyMetrics, type LatencyMetric, type Statistic } from '#contract/metrics';
import type { ThresholdResult } from '#contract/run';

const expression = /^\s*(p\(\s*(\d+(?:\.\d+)?)\s*\)|avg|min|max|med|rate|count|value)\s*(<=|>=|<|>|===|==|!=)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i; // prettier-ignore

export interface K6Expression {
  /** `p(95)`, `avg`, `rate` … without spaces. */
  aggregation: string;
  percentile: number | null;
  operator: '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';
  limit: number;
}

/** What an expression says; null: it is none. */
export function parseExpression(text: string): K6Expression | null {
  const match = expression.exec(text);
  const [, aggregation, percentile, operator, limit] = match ?? [];
  if (aggregation === undefined || operator === undefined || limit === undefined) return null;
  return {
    aggregation: aggregation.toLowerCase().replaceAll(/\s/g, ''),
    percentile: percentile === undefined ? null : Number(percentile),
    operator: operator as K6Expression['operator'],
    limit: Number(limit),
  };
}

/** Whether a value is as the expression wants it. */
export function holds(value: number, { operator, limit }: K6Expression): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
    case '===':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** One threshold and how it came out. */
export interface K6Threshold {
  metric: string;
  text: string;
  passed: boolean;
  /** Where it is known. */
  value: number | null;
}

const stats: Record<string, Statistic> = {
  avg: 'mean',
  min: 'min',
  max: 'max',
  med: 'p50',
  'p(50)': 'p50',
  'p(75)': 'p75',
  'p(90)': 'p90',
  'p(95)': 'p95',
  'p(99)': 'p99',
  'p(99.9)': 'p99_9',
};

/** The same as a threshold of Crosstalk; null: none of its metrics is meant, or it cannot say this. */
export function asThreshold({ metric, text, passed, value }: K6Threshold): ThresholdResult | null {
  const own = latencyMetrics.find((name): name is LatencyMetric => name === metric);
  const said = parseExpression(text);
  const stat = said === null ? undefined : stats[said.aggregation];
  if (own === undefined || said === null || stat === undefined) return null;
  const condition = said.operator.startsWith('<') ? 'below' : said.operator.startsWith('>') ? 'above' : null;
  if (condition === null) return null;
  // What k6 found counts; where the value is known it must agree, or it is not the same threshold.
  const status = passed ? 'pass' : 'fail';
  if (value !== null && judge(value, condition, said.limit, said.limit) !== status && value !== said.limit)
    return null;
  return { metric: own, stat, condition, target: said.limit, acceptable: said.limit, value, status };
}

/** How a threshold is named in a sentence. */
export const thresholdWords = ({ metric, text }: { metric: string; text: string }) => `${metric} ${text}`;
