import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import type { Quad, Reading } from '../api.ts';
import { isUnsure } from '../values.tsx';

/** A value on the page and the place in the picture where it was read, under one name. */
export type Mark = { name: string; quad: Quad; isUnsure: boolean };

export const fieldNames = [
  'merchant',
  'address',
  'date',
  'time',
  'number',
  'currency',
  'subtotalMinor',
  'taxMinor',
  'totalMinor',
] as const;
export type FieldName = (typeof fieldNames)[number];

export const itemMark = (index: number): string => `item-${index}`;

/** Everything that was made sense of, items first, so that a field on the same spot lies above. */
export function marksOf(reading: Reading): Mark[] {
  const items = reading.items.map(({ quad, confidence }, index) => ({
    name: itemMark(index),
    quad,
    isUnsure: isUnsure(confidence),
  }));
  const fields = fieldNames.map((name) => ({
    name: name as string,
    quad: reading[name]?.quad ?? null,
    isUnsure: isUnsure(reading[name]?.confidence),
  }));
  return [...items, ...fields].filter((mark): mark is Mark => mark.quad !== null);
}

type Light = {
  /** The name of the mark that is pointed at, on the page or in the picture. */
  lit: string | null;
  light: (name: string | null) => void;
  /** The mark that somebody asked to see large; `turn` tells asking again from asking once. */
  wanted: { name: string; turn: number } | null;
  show: (name: string) => void;
};
const LightContext = createContext<Light>({
  lit: null,
  light: () => undefined,
  wanted: null,
  show: () => undefined,
});

export const useLight = (): Light => use(LightContext);

/** Joins the picture and the fields: what is pointed at in one is lit in the other. */
export function LightProvider({ children }: { children: ReactNode }) {
  const [lit, light] = useState<string | null>(null);
  const [wanted, setWanted] = useState<Light['wanted']>(null);
  const value = useMemo(
    () => ({
      lit,
      light,
      wanted,
      show: (name: string) => setWanted((before) => ({ name, turn: (before?.turn ?? 0) + 1 })),
    }),
    [lit, wanted],
  );
  return <LightContext value={value}>{children}</LightContext>;
}

/** What makes an element light its mark: under the pointer and under the focus. */
export function lightProps(name: string, { lit, light }: Light) {
  return {
    'data-lit': lit === name || undefined,
    onPointerEnter: () => light(name),
    onPointerLeave: () => light(null),
    onFocus: () => light(name),
    onBlur: () => light(null),
  };
}

type Box = { x: number; y: number; width: number; height: number };

/** The upright rectangle around a quad, with a margin as a share of its height. */
export function boxAround(quad: Quad, margin = 0): Box {
  const xs = quad.filter((_, index) => index % 2 === 0);
  const ys = quad.filter((_, index) => index % 2 === 1);
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const pad = (bottom - top) * margin;
  return { x: left - pad, y: top - pad, width: right - left + 2 * pad, height: bottom - top + 2 * pad };
}
