import { signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const chosen = 'mitra.theme';

export const theme = signal<Theme>(themes.find((name) => name === localStorage.getItem(chosen)) ?? 'system');

/** Light, dark, or as the phone has it; remembered on this phone. */
export function chooseTheme(name: Theme): void {
  theme.value = name;
  if (name === 'system') localStorage.removeItem(chosen);
  else localStorage.setItem(chosen, name);
  applyTheme();
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
}
