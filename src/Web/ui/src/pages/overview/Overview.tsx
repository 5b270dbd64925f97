import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries';
import { FirstEvent } from '../../components/FirstEvent';
import { PageHeader } from '../../components/PageHeader';
import { Panel } from '../../components/Panel';
import { EmptyState } from '../../components/states';
import { useCounter, useLiveReady } from '../../live/LiveProvider';
import { CampaignFunnels } from './CampaignFunnels';
import { Feed } from './Feed';
import { Headline } from './Headline';
import { LifecycleSizes, SegmentSizes } from './Sizes';
import { Stream } from './Stream';
import classes from './Overview.module.css';

/** What is happening right now; made to be left open on a wall. */
export function Overview() {
  const ready = useLiveReady();
  const events = useCounter('events/total');
  const version = useQuery(queries.stats()).data?.definitionsVersion;

  return (
    <>
      <PageHeader title="Overview" lead={version === undefined ? 'What is happening right now.' : `What is happening right now, by version ${version} of the definitions.`} />
      {ready && events === 0 && (
        <div className={classes.welcome}>
          <Panel>
            <EmptyState title="Waiting for the first event">
              <FirstEvent />
            </EmptyState>
          </Panel>
        </div>
      )}
      <div className={classes.grid}>
        <div className={classes.wide}>
          <Headline />
          <Stream />
          <CampaignFunnels />
        </div>
        <div className={classes.side}>
          <Feed />
          <SegmentSizes />
          <LifecycleSizes />
        </div>
      </div>
    </>
  );
}
