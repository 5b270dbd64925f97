import { ActionIcon, Tooltip } from '@mantine/core';
import { useLocation, useSearchParams } from 'react-router';
import { IconExpand, IconShrink } from '../components/icons';

/** The overview without navigation, for a screen on the wall: `/?wall`. */
export function useWall(): boolean {
  const { pathname } = useLocation();
  const [search] = useSearchParams();
  return pathname === '/' && search.has('wall');
}

export function WallToggle() {
  const { pathname } = useLocation();
  const wall = useWall();
  const [, setSearch] = useSearchParams();
  if (pathname !== '/') return null;

  const toggle = () => {
    setSearch(wall ? '' : 'wall');
    // Browsers may refuse full screen; the page is then only without its navigation.
    if (wall) document.exitFullscreen().catch(() => undefined);
    else document.documentElement.requestFullscreen().catch(() => undefined);
  };
  const label = wall ? 'Leave wall view' : 'Wall view';
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" onClick={toggle} aria-label={label} aria-pressed={wall} visibleFrom="md">
        {wall ? <IconShrink size={17} /> : <IconExpand size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}
