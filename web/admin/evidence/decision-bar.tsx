import { Button, Menu } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import type { Missing } from './corrections.ts';
import { tellDecision, type Reviewing } from './use-review.ts';

/** Why a reviewer may refuse. The sentence to each (`review.reason.*`) is what the person who sent the receipt reads. */
const refusals = [
  'unreadable',
  'incomplete',
  'duplicate',
  'not-a-receipt',
  'altered',
  'wrong-outlet',
  'outside-programme',
  'no-eligible-goods',
] as const;

type Props = {
  reviewing: Reviewing;
  approve: () => void;
  missing: Missing | null;
  isCorrected: boolean;
};

export function DecisionBar({ reviewing, approve, missing, isCorrected }: Props) {
  const { say } = useReader();
  return (
    <div className="decision">
      {reviewing.error && (
        <p className="decision-error" role="alert">
          <Icon name="warning" /> {reviewing.error.message || say('admin.review.failed')}
        </p>
      )}
      <div className="decision-row">
        <Button
          onClick={approve}
          loading={reviewing.isDeciding}
          rightSection={<kbd>a</kbd>}
          aria-disabled={missing !== null || undefined}
          aria-describedby="decision-hint"
          aria-keyshortcuts="a"
        >
          {say(isCorrected ? 'admin.review.approve-corrected' : 'admin.review.approve')}
        </Button>
        <Refuse reviewing={reviewing} />
        <span className="decision-hint" id="decision-hint">
          {missing ? say(`admin.review.missing.${missing.what}`) : <Pace reviewing={reviewing} />}
        </span>
      </div>
      {reviewing.last && <LastDecision reviewing={reviewing} />}
    </div>
  );
}

function Refuse({ reviewing }: { reviewing: Reviewing }) {
  const { say } = useReader();
  const [isOpen, setOpen] = useState(false);
  const refuse = (reason: string) => {
    setOpen(false);
    reviewing.decide({ decision: 'reject', reason });
  };
  useHotkeys([
    ['r', () => setOpen(true)],
    ...refusals.map((reason, index): [string, () => void] => [
      String(index + 1),
      () => isOpen && refuse(reason),
    ]),
  ]);
  return (
    <Menu
      opened={isOpen}
      onChange={setOpen}
      position="top-start"
      width={400}
      trapFocus
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button
          variant="default"
          rightSection={<kbd>r</kbd>}
          aria-keyshortcuts="r"
          disabled={reviewing.isDeciding}
        >
          {say('admin.review.refuse')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say('admin.review.refuse.because')}</Menu.Label>
        {refusals.map((reason, index) => (
          <Menu.Item key={reason} rightSection={<kbd>{index + 1}</kbd>} onClick={() => refuse(reason)}>
            {say(`review.reason.${reason}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** How much is left, and how quickly it goes. */
function Pace({ reviewing: { left, tookS } }: { reviewing: Reviewing }) {
  const { say, number } = useReader();
  const mean = tookS.reduce((sum, seconds) => sum + seconds, 0) / (tookS.length || 1);
  return (
    <>
      {say('admin.review.left', { count: left })}
      {tookS.length > 0 && (
        <> {say('admin.review.pace', { count: tookS.length, seconds: number(mean, 1) })}</>
      )}
    </>
  );
}

function LastDecision({ reviewing: { last } }: { reviewing: Reviewing }) {
  const { say, name } = useReader();
  if (!last) return null;
  return (
    <p className="decision-last">
      <Icon name={last.state === 'verified' ? 'check' : 'cross'} />
      {tellDecision(last, { say, name })}
      <Link to="/evidence/$id" params={{ id: last.id }}>
        {say('admin.review.see')}
      </Link>
    </p>
  );
}
