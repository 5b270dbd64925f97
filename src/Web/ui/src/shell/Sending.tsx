import { useQuery, useQueryClient } from '@tanstack/react-query';
import { post } from '../api/client';
import { queries } from '../api/queries';
import { ConfirmButton } from '../components/ConfirmButton';
import { IconPause, IconSend } from '../components/icons';
import { plural } from '../format/numbers';
import { useLiveRates, useLiveReady, useLiveStore } from '../live/LiveProvider';
import classes from './Sending.module.css';

function usePauseSending(): (paused: boolean) => Promise<void> {
  const store = useLiveStore();
  const client = useQueryClient();
  return async paused => {
    await post(paused ? '/sending/pause' : '/sending/resume');
    store.setSendingPaused(paused);
    await client.invalidateQueries({ queryKey: ['stats'] });
  };
}

/** Whether messages leave at all, and the way to stop every one of them. */
export function SendingSwitch() {
  const paused = useLiveRates().sendingPaused;
  const ready = useLiveReady();
  const pause = usePauseSending();
  if (!ready) return null;
  return paused ? (
    <ResumeButton />
  ) : (
    <ConfirmButton
      variant="default"
      size="xs"
      h={32}
      className={classes.switch ?? ''}
      leftSection={<IconSend size={15} />}
      aria-label="Sending is on. Pause all sending"
      title="Pause all sending?"
      explain="No message of any campaign leaves until you resume. Events are still taken in, and customers still move through campaigns. On resuming, messages that have grown stale are skipped and not sent late."
      confirm="Pause all sending"
      danger
      run={() => pause(true)}
      done="All sending is paused"
    >
      Sending on
    </ConfirmButton>
  );
}

function ResumeButton() {
  const pause = usePauseSending();
  return (
    <ConfirmButton
      color="red"
      size="xs"
      h={32}
      className={classes.switch ?? ''}
      leftSection={<IconPause size={15} />}
      aria-label="Sending is paused. Resume sending"
      title="Resume sending?"
      explain="Messages that wait and are still fresh leave now. Those that have grown stale are skipped, so nobody gets a burst of old mail."
      confirm="Resume sending"
      run={() => pause(false)}
      done="Sending goes on"
    >
      Sending paused
    </ConfirmButton>
  );
}

/** Says so on every page, for as long as nothing leaves. */
export function PausedBanner() {
  const { sendingPaused, queued } = useLiveRates();
  const because = useQuery({ ...queries.stats(), enabled: sendingPaused }).data?.sendingPausedBecause;
  if (!sendingPaused) return null;
  return (
    <div className={classes.banner} role="status">
      <IconPause size={15} />
      <span>
        <strong>All sending is paused.</strong> {typeof because === 'string' && `${because} `}
        {queued > 0 ? `${plural(queued, 'message')} waiting.` : 'No message is waiting.'} Resume with the red button
        above.
      </span>
    </div>
  );
}
