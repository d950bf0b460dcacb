import './progress.css';

/** How far something is, with the words for it: full at 100. */
export function Bar({ percent, label, told }: { percent: number; label: string; told: string }) {
  const shown = Math.min(100, Math.max(0, percent));
  return (
    <span
      className={shown >= 100 ? 'far is-reached' : 'far'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shown)}
      aria-valuetext={told}
    >
      <span style={{ width: `${shown}%` }} />
    </span>
  );
}

/** Parts of a whole beside each other; the numbers stand in words next to it. */
export function Shares({ parts }: { parts: { look: string; count: number }[] }) {
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  if (whole === 0) return null;
  return (
    <span className="shares" aria-hidden="true">
      {parts.map(({ look, count }) => (
        <span key={look} className={look} style={{ width: `${(count / whole) * 100}%` }} />
      ))}
    </span>
  );
}
