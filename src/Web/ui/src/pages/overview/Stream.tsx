import { Skeleton, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import { TimeChart, type ChartData, type Line } from '../../components/charts/TimeChart';
import { Panel } from '../../components/Panel';
import { rate } from '../../format/numbers';
import { useLiveSeries } from '../../live/LiveProvider';
import type { Sample } from '../../live/store';
import { ceilingOf } from './ceiling';
import classes from './Overview.module.css';

const LINES: readonly Line[] = [
  { label: 'Events a second', color: '--tr-events', fill: true, axis: 'left', ceiling: ceilingOf, format: rate },
  { label: 'Messages a second', color: '--tr-messages', axis: 'right', format: rate },
];

/** The least span shown: a server that just started fills the chart from the right instead of stretching two points over it. */
const LEAST_SPAN_SECONDS = 120;

function columns(series: readonly Sample[]): ChartData {
  return [series.map(sample => sample.at / 1000), series.map(sample => sample.events), series.map(sample => sample.messages)];
}

/** Events and messages of each second of the last quarter of an hour. */
export function Stream() {
  const series = useLiveSeries();
  const last = series.at(-1);
  const first = series[0];
  const to = (last?.at ?? 0) / 1000;
  const from = Math.min((first?.at ?? 0) / 1000, to - LEAST_SPAN_SECONDS);

  return (
    <Panel
      title="Events and messages"
      hint="Each second of the last quarter of an hour"
      aside={
        <div className={classes.legend}>
          {LINES.map(line => (
            <span key={line.label} style={{ '--line': `var(${line.color})` } as CSSProperties}>
              {line.label}
            </span>
          ))}
        </div>
      }
    >
      {last === undefined ? (
        <Skeleton height={240} radius="md">
          <Text>Waiting for the first seconds</Text>
        </Skeleton>
      ) : (
        <TimeChart label="Events and messages a second over the last quarter of an hour" lines={LINES} data={columns(series)} height={240} window={{ from, to }} />
      )}
    </Panel>
  );
}
