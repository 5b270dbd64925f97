import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { Snippet } from './Snippet';

/** How a newcomer sends the first event: shown wherever a page is empty because none has come yet. */
export function FirstEvent() {
  const setup = useQuery(queries.setup()).data;
  const writeKey = setup?.sources[0]?.writeKey;
  if (setup === undefined) return null;
  if (writeKey === undefined) return <Text size="sm">Events need a write key, and sources.yaml has no source yet.</Text>;
  const origin = window.location.origin;
  const curl = `curl -u ${writeKey}: ${origin}/v1/batch -H 'content-type: application/json' -d '{"batch":[
  {"type":"identify","userId":"ada","traits":{"email":"ada@example.com"}},
  {"type":"track","userId":"ada","event":"Signed Up"}]}'`;
  const tag = `<script src="${origin}/t.js" data-write-key="${writeKey}" async></script>`;
  return (
    <Stack gap="sm">
      <Text size="sm">
        Send one from a terminal{setup.shop ? ', put the script on a site, or browse the ' : ', or put the script on a site'}
        {setup.shop && (
          <Anchor href="/shop" target="_blank" rel="noreferrer" size="sm">
            demo shop
          </Anchor>
        )}
        . Any Segment SDK works too, pointed at this address.
      </Text>
      <Snippet label="Events with curl" code={curl} />
      <Snippet label="The browser script" code={tag} />
    </Stack>
  );
}
