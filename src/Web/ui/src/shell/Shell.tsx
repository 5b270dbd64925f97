import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { LogoMark } from '../components/Logo';
import { ColorScheme } from './ColorScheme';
import { LiveState } from './LiveState';
import { Navigation } from './Navigation';
import { QuickSearch } from './QuickSearch';
import { PausedBanner, SendingSwitch } from './Sending';
import classes from './Shell.module.css';
import { useWall, WallToggle } from './wall';

/** The frame around every page: navigation, search, the state of the connection and of sending. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const wall = useWall();
  const main = useRef<HTMLElement>(null);
  const arrived = useRef(false);

  useEffect(() => {
    close();
    window.scrollTo(0, 0);
    // After the first page, going to another moves the keyboard and the screen reader to its content.
    if (arrived.current) main.current?.focus({ preventScroll: true });
    arrived.current = true;
  }, [pathname, close]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'md', collapsed: { mobile: !opened, desktop: wall } }}
      padding={0}
    >
      <a href="#content" className="skip-link">
        Skip to content
      </a>
      <AppShell.Header className={classes.header ?? ''}>
        <Group gap="sm" wrap="nowrap" className={classes.brand}>
          {!wall && <Burger opened={opened} onClick={toggle} hiddenFrom="md" size="sm" aria-label={opened ? 'Close the menu' : 'Open the menu'} aria-expanded={opened} />}
          <Link to="/" className={classes.home} aria-label="Triggers, overview">
            <LogoMark />
            <span>Triggers</span>
          </Link>
        </Group>
        <div className={classes.search}>{!wall && <QuickSearch />}</div>
        <Group gap="xs" wrap="nowrap" className={classes.status}>
          <LiveState />
          <SendingSwitch />
          <WallToggle />
          <ColorScheme />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar ?? ''}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main ?? ''}>
        <PausedBanner />
        <main id="content" ref={main} tabIndex={-1} className={classes.content} data-wall={wall || undefined}>
          {children}
        </main>
      </AppShell.Main>
    </AppShell>
  );
}
