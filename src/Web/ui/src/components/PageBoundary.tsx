import { Component, useEffect, useRef, type ReactNode } from 'react';
import { unreachable } from '../api/client';
import { useLiveStatus } from '../live/LiveProvider';
import { ErrorState } from './states';

type PageBoundaryProps = { at: string; children: ReactNode };

/** A page that cannot be shown says so in its own place: the frame around it stays, and leads to other pages. */
export class PageBoundary extends Component<PageBoundaryProps, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? new Error('Unknown') };
  }

  override componentDidUpdate(before: PageBoundaryProps): void {
    if (before.at !== this.props.at && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <PageProblem error={this.state.error} />;
  }
}

/** A browser keeps a part of the program that did not come as failed: only a reload asks for it again, which needs a server that answers. */
function PageProblem({ error }: { error: unknown }) {
  const status = useLiveStatus();
  const wasAway = useRef(false);
  useEffect(() => {
    if (status !== 'live') wasAway.current = true;
    else if (wasAway.current) window.location.reload();
  }, [status]);
  return status === 'live' ? <ErrorState error={error} retry={() => window.location.reload()} what="This page could not be shown" /> : <ErrorState error={unreachable()} />;
}
