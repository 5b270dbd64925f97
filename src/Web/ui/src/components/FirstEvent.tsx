import { Anchor, Stack, Text } from '@mantine/core';
import { Snippet } from './Snippet';

/** How a newcomer sends the first event: shown wherever a page is empty because none has come yet. */
export function FirstEvent() {
  const origin = window.location.origin;
  const curl = `curl -u shop-web: ${origin}/v1/batch -H 'content-type: application/json' -d '{"batch":[
  {"type":"identify","userId":"ada","traits":{"email":"ada@example.com"}},
  {"type":"track","userId":"ada","event":"Signed Up"}]}'`;
  const tag = `<script src="${origin}/t.js" data-write-key="shop-web" async></script>`;
  return (
    <Stack gap="sm">
      <Text size="sm">
        Send one from a terminal, put the script on a site, or browse the{' '}
        <Anchor href="/shop" target="_blank" rel="noreferrer" size="sm">
          demo shop
        </Anchor>
        . Any Segment SDK works too, pointed at this address.
      </Text>
      <Snippet label="Events with curl" code={curl} />
      <Snippet label="The browser script" code={tag} />
    </Stack>
  );
}
