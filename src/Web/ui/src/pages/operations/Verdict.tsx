import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Latency, Operations } from '../../api/operations';
import { IconCheck, IconRejected } from '../../components/icons';
import { Panel } from '../../components/Panel';
import { Stat, Stats } from '../../components/Stat';
import { milliseconds, seconds } from '../../format/amounts';
import { count, short } from '../../format/numbers';
import { worst } from './worst';
import classes from './Verdict.module.css';

/** Good or not, in words, and the numbers that say how good. */
export function Verdict({ view }: { view: Operations }) {
  const { nodes, sending } = view;
  const lagging = worst(nodes, node => node.lag.seconds);
  const late = worst(nodes, node => node.timers.lateSeconds);
  const commits = worst(nodes, node => node.commits.p99Ms);
  const appends = worst(nodes, node => node.appends.p99Ms);
  const lag = nodes.reduce((sum, node) => sum + node.lag.records, 0);
  const due = nodes.reduce((sum, node) => sum + node.timers.due, 0);
  const queued = sending.channels.reduce((sum, channel) => sum + channel.queued, 0);
  const oldest = Math.max(0, ...sending.channels.map(channel => channel.oldestSeconds));

  return (
    <Panel className={classes.panel ?? ''}>
      {view.problems.length === 0 ? (
        <p className={classes.good} role="status">
          <IconCheck size={20} />
          Everything is in order.
        </p>
      ) : (
        <ul className={classes.problems} aria-label="What needs somebody">
          {view.problems.map(problem => (
            <li key={`${problem.node ?? ''} ${problem.text}`} data-severity={problem.severity}>
              <IconRejected size={18} />
              <span>
                <strong>{problem.severity === 'critical' ? 'Critical' : 'Warning'}</strong>
                {problem.node !== null && nodes.length > 1 && `, ${problem.node}`}: {problem.text}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Stats label="The last minute">
        <Stat label="Lag" value={lagging === null || lagging.lag.seconds === 0 ? 'none' : seconds(lagging.lag.seconds)} note={lag === 0 ? 'every record is applied' : `${short(lag)} records to apply`} />
        <Stat label="Event to durable" value={latency(appends?.appends)} note={inWords(appends?.appends)} />
        <Stat label="Commit" value={latency(commits?.commits)} note={inWords(commits?.commits)} />
        <Stat label="Timers due" value={short(due)} note={due === 0 ? 'all fired in time' : `the oldest is ${seconds(late?.timers.lateSeconds ?? 0)} late`} />
        <Stat label="Waiting to leave" value={short(queued)} note={sending.paused ? 'sending is paused' : queued === 0 ? 'nothing waits' : `the oldest for ${seconds(oldest)}`} />
        <Stat
          label="Dead letters"
          value={
            sending.deadLetters === 0 ? (
              '0'
            ) : (
              <Anchor component={Link} to="/dead-letters" inherit>
                {count(sending.deadLetters)}
              </Anchor>
            )
          }
          note={sending.deadLetters === 0 ? 'none' : 'failed for good'}
        />
      </Stats>
    </Panel>
  );
}

const latency = (value: Latency | undefined) =>
  value === undefined || value.count === 0 ? (
    <Text span inherit c="dimmed">
      –
    </Text>
  ) : (
    milliseconds(value.p99Ms)
  );

const inWords = (value: Latency | undefined): string => (value === undefined || value.count === 0 ? 'nothing in the last minute' : `99 of 100; half in ${milliseconds(value.p50Ms)}`);
