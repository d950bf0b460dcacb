import {
  createTheme,
  type MantineColorScheme,
  type MantineColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';

// Mantine asks for ten shades of each colour, and takes its working colours from the variables in mantine.css, where
// they are the tokens. The shades only have to exist.
const accent = Array(10).fill('var(--accent)') as unknown as MantineColorsTuple;
const bad = Array(10).fill('var(--bad)') as unknown as MantineColorsTuple;

const quick = { duration: 120, timingFunction: 'ease-out' };

/** Sizes and habits of Mantine's components on these pages; how they look stands in mantine.css. */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent, bad },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-code)',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // By name and not by component: naming the component would load it with the first page.
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'md' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: {
      defaultProps: { size: 'sm', comboboxProps: { transitionProps: { transition: 'fade', ...quick } } },
    },
    Menu: { defaultProps: { transitionProps: { transition: 'fade', ...quick } } },
    Tooltip: {
      defaultProps: { openDelay: 350, transitionProps: { transition: 'fade', ...quick } },
    },
  },
});

// The same choice as on the partner's page, which calls what Mantine calls auto the system's.
const storedAs = 'mitra.theme';

/** Keeps the choice of light or dark in this browser, and tells it to the tokens as well as to Mantine. */
export const colorSchemes: MantineColorSchemeManager = {
  get(fallback) {
    const stored = localStorage.getItem(storedAs);
    if (stored === 'light' || stored === 'dark') return stored;
    return stored === 'system' ? 'auto' : fallback;
  },
  set(scheme) {
    localStorage.setItem(storedAs, scheme === 'auto' ? 'system' : scheme);
    showScheme(scheme);
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => localStorage.removeItem(storedAs),
};

/** Sets the tokens to a scheme; `auto` follows the system. */
export function showScheme(scheme: MantineColorScheme): void {
  if (scheme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = scheme;
}
