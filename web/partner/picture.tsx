import type { EvidenceDetail, Quad } from './api.ts';
import { t } from './texts.ts';

const imageOf = ({ id }: { id: string }): string => `/api/v1/evidence/${id}/image`;

/** The photo, with a frame around each row that counts. A tap opens it in full. */
export function Picture({ detail }: { detail: EvidenceDetail }) {
  const { reading } = detail;
  const counted = detail.state === 'rejected' ? [] : matchedQuads(detail);
  return (
    <a class="picture" href={imageOf(detail)} target="_blank" rel="noreferrer">
      {reading ? (
        <svg viewBox={`0 0 ${reading.width} ${reading.height}`} role="img" aria-label={t('partner.photo')}>
          <image href={imageOf(detail)} width={reading.width} height={reading.height} />
          {counted.map((quad) => (
            <polygon points={quad.join(' ')} key={quad.join()} />
          ))}
        </svg>
      ) : (
        <img src={imageOf(detail)} alt={t('partner.photo')} />
      )}
    </a>
  );
}

/** Only the rows of the photo that earned something, cut out of it. */
export function Crops({ detail }: { detail: EvidenceDetail }) {
  const { reading } = detail;
  if (!reading) return null;
  return (
    <div class="crops">
      {matchedQuads(detail).map((quad) => {
        const { x, y, width, height } = boxAround(quad);
        return (
          <svg
            viewBox={`${x} ${y} ${width} ${height}`}
            role="img"
            aria-label={t('partner.photo')}
            key={quad.join()}
          >
            <image href={imageOf(detail)} width={reading.width} height={reading.height} />
          </svg>
        );
      })}
    </div>
  );
}

function matchedQuads({ matches, reading }: EvidenceDetail): Quad[] {
  return matches.flatMap(({ item, product }) => {
    const quad = product ? reading?.items[item]?.quad : null;
    return quad ? [quad] : [];
  });
}

/** Upright box around the four corners, with a little paper around it. */
function boxAround(quad: Quad) {
  const xs = quad.filter((_, index) => index % 2 === 0);
  const ys = quad.filter((_, index) => index % 2 === 1);
  const margin = (Math.max(...ys) - Math.min(...ys)) * 0.12;
  const [x, y] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  return { x, y, width: Math.max(...xs) + margin - x, height: Math.max(...ys) + margin - y };
}
