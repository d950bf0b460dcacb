import type { ReactNode } from 'react';
import { useSay, type TextKey } from '../language.tsx';

type SectionProps = { id: string; title: TextKey; isThere: boolean; children: ReactNode };

/** A part of the story under its own heading, which can be jumped to. */
export function Section({ id, title, isThere, children }: SectionProps) {
  const say = useSay();
  if (!isThere) return null;
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id} tabIndex={-1}>
        {say(title)}
      </h2>
      {children}
    </section>
  );
}
