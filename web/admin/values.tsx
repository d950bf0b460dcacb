import type { EvidenceState } from './api.ts';
import { Icon, type IconName } from './icons.tsx';
import { useReader } from './language.tsx';

/** How each state looks: its icon and its hue, never one without the word. */
const looks: Record<EvidenceState, { icon: IconName; tone: string }> = {
  waiting: { icon: 'clock', tone: 'is-busy' },
  reading: { icon: 'scan', tone: 'is-busy' },
  verified: { icon: 'check', tone: 'is-good' },
  'needs-review': { icon: 'eye', tone: 'is-wait' },
  rejected: { icon: 'cross', tone: 'is-bad' },
  parked: { icon: 'pause', tone: 'is-still' },
};

export function StateMark({ state, boxed = false }: { state: EvidenceState; boxed?: boolean }) {
  const { name } = useReader();
  const { icon, tone } = looks[state];
  return (
    <span className={`state ${tone}${boxed ? ' is-boxed' : ''}`}>
      <Icon name={icon} />
      {name('admin.state', state)}
    </span>
  );
}

/** A moment of today as its time, of another day as its day and time; the tooltip has it in full. */
export function Moment({ iso, full = false }: { iso: string; full?: boolean }) {
  const { clock, moment } = useReader();
  return (
    <time dateTime={iso} title={moment(iso)}>
      {full ? moment(iso) : clock(iso)}
    </time>
  );
}

/** Units of an asset as people count them: goods in packs, points and money by their scale. */
export function Units({
  units,
  asset,
  signed = false,
}: {
  units: number;
  asset: { kind: string; scale: number };
  signed?: boolean;
}) {
  const { number } = useReader();
  const value = units / 10 ** asset.scale;
  const digits = asset.kind === 'money' ? asset.scale : Number.isInteger(value) ? 0 : asset.scale;
  const sign = value < 0 ? '−' : signed && value > 0 ? '+' : '';
  return (
    <data value={value}>
      {sign}
      {number(Math.abs(value), digits)}
    </data>
  );
}

/** From here on a person need not look twice. */
const sureFrom = 0.85;

/** How sure the reading is of a value: a figure, and a mark where it should be looked at. */
export function Confidence({ share }: { share: number }) {
  const { percent, say } = useReader();
  const isSure = share >= sureFrom;
  return (
    <span className={isSure ? 'confidence' : 'confidence is-wait'}>
      {!isSure && <Icon name="warning" size={14} />}
      <span title={isSure ? undefined : say('admin.confidence.low')}>{percent(share)}</span>
    </span>
  );
}

export const isUnsure = (share: number | undefined): boolean => share !== undefined && share < sureFrom;
