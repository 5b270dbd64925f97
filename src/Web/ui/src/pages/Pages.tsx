import { lazy, Suspense } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import { PageBoundary } from '../components/PageBoundary';
import { LoadingLines } from '../components/states';
import { NotFound } from './notFound/NotFound';
import { Overview } from './overview/Overview';

/** The overview is in the first download; every other page comes when it is first opened. */
const Campaigns = lazy(() => import('./campaigns/Campaigns'));
const CampaignPage = lazy(() => import('./campaign/CampaignPage'));
const Segments = lazy(() => import('./segments/Segments'));
const SegmentPage = lazy(() => import('./segment/SegmentPage'));
const Lists = lazy(() => import('./lists/Lists'));
const ListPage = lazy(() => import('./list/ListPage'));
const Customers = lazy(() => import('./customers/Customers'));
const CustomerPage = lazy(() => import('./customer/CustomerPage'));
const Groups = lazy(() => import('./groups/Groups'));
const GroupPage = lazy(() => import('./group/GroupPage'));
const Messages = lazy(() => import('./messages/Messages'));
const DeadLetters = lazy(() => import('./deadLetters/DeadLetters'));
const Mailbox = lazy(() => import('./mailbox/Mailbox'));
const Operations = lazy(() => import('./operations/Operations'));
const Rejected = lazy(() => import('./rejected/Rejected'));
const Templates = lazy(() => import('./templates/Templates'));
const Definitions = lazy(() => import('./definitions/Definitions'));

export function Pages() {
  const { pathname } = useLocation();
  return (
    <PageBoundary at={pathname}>
      <Suspense fallback={<LoadingLines />}>
        <Routes>
          <Route path="/" element={<Overview />} />
          <Route path="/campaigns" element={<Campaigns />} />
          <Route path="/campaigns/:id" element={<CampaignPage />} />
          <Route path="/segments" element={<Segments />} />
          <Route path="/segments/:id" element={<SegmentPage />} />
          <Route path="/lists" element={<Lists />} />
          <Route path="/lists/:id" element={<ListPage />} />
          <Route path="/customers" element={<Customers />} />
          <Route path="/customers/:id" element={<CustomerPage />} />
          <Route path="/groups" element={<Groups />} />
          <Route path="/groups/:id" element={<GroupPage />} />
          <Route path="/messages" element={<Messages />} />
          <Route path="/dead-letters" element={<DeadLetters />} />
          <Route path="/mailbox" element={<Mailbox />} />
          <Route path="/mailbox/:id" element={<Mailbox />} />
          <Route path="/operations" element={<Operations />} />
          <Route path="/rejected" element={<Rejected />} />
          <Route path="/templates" element={<Templates />} />
          <Route path="/definitions" element={<Definitions />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </PageBoundary>
  );
}
