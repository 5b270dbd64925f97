import { Badge, Button, Card, createTheme, Modal, Table, Tooltip, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The brand: a deep green-teal for what is chosen, running or counted. */
const teal: MantineColorsTuple = [
  '#e8f6f3', '#cfebe5', '#a1d7cc', '#6ec1b1', '#43ad9a', '#25a08b', '#0f8f7c', '#0b7a6b', '#08655a', '#044f46',
];

/** Its counterpart: messages leaving, attention. */
const ember: MantineColorsTuple = [
  '#fff3e3', '#ffe4c7', '#fcc78d', '#f9a94f', '#f58f20', '#e97f0c', '#d26f04', '#b45d02', '#8f4a04', '#6b3805',
];

const ink: MantineColorsTuple = [
  '#d5dad9', '#a9b3b1', '#8a9694', '#5d6a68', '#38423f', '#2a3331', '#1c2422', '#151b1a', '#0f1413', '#0a0e0d',
];

const mist: MantineColorsTuple = [
  '#f7f9f8', '#eff3f2', '#e3e9e7', '#d3dbd9', '#b7c2bf', '#94a19e', '#6f7d7a', '#53605d', '#3a4543', '#222b29',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 7,
  colors: { teal, ember, dark: ink, gray: mist },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Segoe UI Mono', Menlo, Consolas, monospace",
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    Card: Card.extend({ defaultProps: { withBorder: true, padding: 'md', radius: 'lg' } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm' }, styles: { root: { minWidth: 'max-content' }, label: { textTransform: 'none', fontWeight: 600 } } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.45, blur: 2 } } }),
  },
});

/** Grounds and lines of our own in place of the library's, by the names that styles.css gives them. */
const own = {
  '--mantine-color-body': 'var(--tr-panel)',
  '--mantine-color-dimmed': 'var(--tr-quiet)',
  '--mantine-color-default-border': 'var(--tr-line)',
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...own, '--mantine-color-text': '#17201e' },
  dark: { ...own, '--mantine-color-text': '#e2e8e6', '--mantine-color-anchor': 'var(--tr-events)' },
});
