/** Drawn on a grid of 16 with one line width, so that they sit with 13 and 14 px text. */
const paths = {
  receipt: 'M3.5 2.5h9v11.2l-1.8-1.2-1.35 1.2L8 12.5l-1.35 1.2-1.35-1.2-1.8 1.2zM6 5.8h4M6 8.6h4',
  partners:
    'M2.5 7 3.6 3h8.8l1.1 4M2.5 7a1.8 1.8 0 0 0 3.66 0 1.84 1.84 0 0 0 3.68 0 1.8 1.8 0 0 0 3.66 0M3.5 9.5v4h9v-4',
  flag: 'M4 14V2.5M4 3h8l-1.8 2.8L12 8.6H4',
  check: 'm3.5 8.4 3 3 6-6.6',
  cross: 'm4.2 4.2 7.6 7.6m0-7.6-7.6 7.6',
  clock: 'M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3M8 5v3.2l2.1 1.4',
  scan: 'M2.5 5.5v-3h3m5 0h3v3m0 5v3h-3m-5 0h-3v-3M2.5 8h11',
  eye: 'M1.6 8S4 3.6 8 3.6 14.4 8 14.4 8 12 12.4 8 12.4 1.6 8 1.6 8M8 6.1a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8',
  pause: 'M5.7 3.5v9m4.6-9v9',
  warning: 'M8 2.6 14 13H2zM8 6.6v3M8 11.2v.1',
  chevron: 'm6 3.8 4.2 4.2L6 12.2',
  up: 'm3.8 10 4.2-4.2 4.2 4.2',
  down: 'm3.8 6 4.2 4.2L12.2 6',
  left: 'M13 8H3.4m4-4.2L3.2 8l4.2 4.2',
  arrow: 'M3 8h9.4m-4-4.2L12.6 8l-4.2 4.2',
  expand: 'M9.5 2.5h4v4m0-4L9 7M6.5 13.5h-4v-4m0 4L7 9',
  plus: 'M8 3.2v9.6M3.2 8h9.6',
  minus: 'M3.2 8h9.6',
  fit: 'M2.5 5.5v-3h3m5 0h3v3m0 5v3h-3m-5 0h-3v-3',
  boxes: 'M2.5 3.5h6v3.4h-6zM2.5 9.4h11v3.1h-11zM11 3.5h2.5v3.4H11',
  more: 'M3.6 8h.1M8 8h.1M12.4 8h.1',
  phone: 'M4.8 1.8h6.4v12.4H4.8zM7.2 12h1.6',
  spark: 'M8 2.2 9.6 6.4 13.8 8 9.6 9.6 8 13.8 6.4 9.6 2.2 8l4.2-1.6z',
  box: 'm2.6 5 5.4-2.7L13.4 5v6L8 13.7 2.6 11zM2.6 5 8 7.7 13.4 5M8 7.7v6',
  message: 'M2.5 3.3h11v7.6H7.4L4.5 13.4v-2.5h-2z',
  language:
    'M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3M2.5 8h11M8 2.3c-3 3-3 8.4 0 11.4 3-3 3-8.4 0-11.4',
  sun: 'M8 5.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4M8 1.7v1.2m0 10.2v1.2M1.7 8h1.2m10.2 0h1.2M3.5 3.5l.9.9m7.2 7.2.9.9m0-9-.9.9m-7.2 7.2-.9.9',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8',
  auto: 'M8 2.3a5.7 5.7 0 1 0 0 11.4zM8 2.3a5.7 5.7 0 0 1 0 11.4M8 5.5h4.8M8 8h5.6M8 10.5h4.8',
  leave: 'M6.5 2.5h-4v11h4M6 8h7.4m-3-3L13.4 8l-3 3',
  person: 'M8 2.6a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2M3 13.6a5 5 0 0 1 10 0',
  dash: 'M5 8h6',
} as const;

export type IconName = keyof typeof paths;

/** A decoration beside a word: it has no name of its own for a screen reader. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={className ? `icon ${className}` : 'icon'}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
