import { useQuery } from '@tanstack/react-query';
import { NavLink, useLocation } from 'react-router';
import type { ReactNode } from 'react';
import {
  IconCampaign, IconDeadLetter, IconDefinitions, IconGroup, IconList, IconMail, IconOperations, IconOverview, IconPerson, IconRejected, IconSegment, IconSend, IconTemplate,
} from '../components/icons';
import { queries } from '../api/queries';
import { short } from '../format/numbers';
import { useCounter } from '../live/LiveProvider';
import classes from './Navigation.module.css';

type Place = { to: string; label: string; icon: ReactNode; note?: ReactNode };

/** A counter beside its page's name, hidden while it is zero. */
function Note({ counter, alarm = false }: { counter: string; alarm?: boolean }) {
  const value = useCounter(counter);
  return value === 0 ? null : (
    <span className={classes.note} data-alarm={alarm || undefined}>
      {short(value)}
    </span>
  );
}

const GROUPS: { name: string; places: Place[] }[] = [
  {
    name: 'Now',
    places: [
      { to: '/', label: 'Overview', icon: <IconOverview /> },
      { to: '/campaigns', label: 'Campaigns', icon: <IconCampaign /> },
      { to: '/segments', label: 'Segments', icon: <IconSegment /> },
      { to: '/lists', label: 'Lists', icon: <IconList /> },
      { to: '/customers', label: 'Customers', icon: <IconPerson />, note: <Note counter="customers/total" /> },
      { to: '/groups', label: 'Groups', icon: <IconGroup /> },
    ],
  },
  {
    name: 'Messages',
    places: [
      { to: '/messages', label: 'Messages', icon: <IconSend />, note: <Note counter="messages/decided" /> },
      { to: '/dead-letters', label: 'Dead letters', icon: <IconDeadLetter />, note: <Note counter="messages/failed" alarm /> },
      { to: '/mailbox', label: 'Local mailbox', icon: <IconMail /> },
      { to: '/templates', label: 'Templates', icon: <IconTemplate /> },
    ],
  },
  {
    name: 'Server',
    places: [
      { to: '/operations', label: 'Operations', icon: <IconOperations /> },
      { to: '/definitions', label: 'Definitions', icon: <IconDefinitions /> },
      { to: '/rejected', label: 'Rejected events', icon: <IconRejected /> },
    ],
  },
];

export function Navigation() {
  const { pathname } = useLocation();
  const setup = useQuery(queries.setup()).data;
  return (
    <nav aria-label="Pages" className={classes.nav}>
      {GROUPS.map(group => (
        <div key={group.name} role="group" aria-label={group.name}>
          <div className={classes.group} aria-hidden="true">
            {group.name}
          </div>
          {group.places.map(place => (
            <NavLink
              key={place.to}
              to={place.to}
              end={place.to === '/'}
              className={classes.link ?? ''}
              data-active={place.to === '/' ? pathname === '/' : pathname.startsWith(place.to)}
            >
              {place.icon}
              <span className={classes.label}>{place.label}</span>
              {place.note}
            </NavLink>
          ))}
        </div>
      ))}
      <div className={classes.foot}>
        <a href="/api" className="plain">
          API reference
        </a>
        {setup?.shop === true && (
          <a href="/shop" className="plain" target="_blank" rel="noreferrer">
            Demo shop
          </a>
        )}
        <form method="post" action="/sign-out">
          <button type="submit" className={classes.signOut}>
            Sign out
          </button>
        </form>
      </div>
    </nav>
  );
}
