import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Refusal } from './api.ts';
import { Icon } from './icons.tsx';
import { useSay } from './language.tsx';

/** Something did not come through: what happened, and the one thing to do about it. */
export function Trouble({ error, again }: { error: Error; again: () => unknown }) {
  const say = useSay();
  const known = error instanceof Refusal && error.code !== 'unreachable';
  return (
    <div className="notice" role="alert">
      <Icon name="warning" size={20} className="is-bad" />
      <p>{known && error.message ? error.message : say('admin.trouble.unreachable')}</p>
      <Button variant="default" onClick={() => void again()}>
        {say('admin.trouble.again')}
      </Button>
    </div>
  );
}

export function NotFound() {
  const say = useSay();
  return (
    <div className="notice">
      <h1>{say('admin.not-found')}</h1>
      <Link to="/evidence">{say('admin.not-found.back')}</Link>
    </div>
  );
}

/** A list with nothing in it says what will appear here, and how to make it appear. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="notice">
      <EmptyPicture />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

function EmptyPicture() {
  return (
    <svg className="empty-picture" viewBox="0 0 72 84" width="72" height="84" aria-hidden="true">
      <path className="paper" d="M6 4h60v72l-7.5-5-7.5 5-7.5-5-7.5 5-7.5-5-7.5 5-7.5-5-7.5 5z" />
      <path className="print" d="M18 20h36M18 31h22M48 31h6M18 40h18M48 40h6" />
      <circle className="spark" cx="51" cy="54" r="5" />
    </svg>
  );
}
