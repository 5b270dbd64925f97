import { Tooltip } from '@mantine/core';
import { useLiveStatus } from '../live/LiveProvider';
import type { LiveStatus } from '../live/store';
import classes from './LiveState.module.css';

const WORDS: Readonly<Record<LiveStatus, { label: string; explain: string }>> = {
  connecting: { label: 'Connecting', explain: 'Asking the server for the first numbers.' },
  live: { label: 'Live', explain: 'Numbers move as things happen, up to four times a second.' },
  reconnecting: { label: 'Reconnecting', explain: 'The connection fell. Numbers stand still until it is back; nothing is lost.' },
  offline: { label: 'Offline', explain: 'The server does not answer. This page keeps trying.' },
};

/** Whether what is on the screen is of this moment. */
export function LiveState() {
  const status = useLiveStatus();
  const { label, explain } = WORDS[status];
  return (
    <Tooltip label={explain} multiline w={240}>
      <span className={classes.state} data-status={status} role="status" tabIndex={0}>
        <span className={classes.dot} aria-hidden="true" />
        <span className={classes.label}>{label}</span>
      </span>
    </Tooltip>
  );
}
