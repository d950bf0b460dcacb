import { ActionIcon, Tooltip } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { EvidenceDetail, Reading } from '../api.ts';
import { Icon, type IconName } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { boxAround, lightProps, marksOf, useLight, type Mark } from './marks.tsx';

const zoomMin = 1;
const zoomMax = 5;

/** The picture with what was read drawn over it. Pointing at a box lights its value beside it, and the reverse. */
export function Picture({ evidence }: { evidence: EvidenceDetail }) {
  const { say } = useReader();
  const [hasBoxes, setHasBoxes] = useState(true);
  const pane = useRef<HTMLDivElement>(null);
  const { reading } = evidence;
  const marks = reading ? marksOf(reading) : [];
  const width = reading?.width ?? evidence.width;
  const height = reading?.height ?? evidence.height;
  const { zoom, setZoom } = useZoom(marks, width, pane);
  return (
    <figure className="picture">
      <div className="picture-tools">
        <Tool icon="minus" text={say('admin.picture.out')} press={() => setZoom(zoom / 1.5)} />
        <Tool icon="plus" text={say('admin.picture.in')} press={() => setZoom(zoom * 1.5)} />
        <Tool icon="fit" text={say('admin.picture.fit')} press={() => setZoom(zoomMin)} />
        <Tool
          icon="boxes"
          text={say('admin.picture.boxes')}
          press={() => setHasBoxes(!hasBoxes)}
          isPressed={hasBoxes}
        />
      </div>
      {/* Scrollable, so it must be reachable with the keyboard. */}
      <div
        className="picture-pane"
        ref={pane}
        tabIndex={0}
        role="group"
        aria-label={say('admin.picture.label')}
      >
        <svg
          className="picture-svg"
          viewBox={`0 0 ${width} ${height}`}
          style={{ width: `${zoom * 100}%` }}
          role="img"
          aria-label={say('admin.picture.alt', { participant: evidence.participant.name })}
        >
          <image href={evidence.imageUrl} width={width} height={height} preserveAspectRatio="none" />
          {reading && hasBoxes && <Boxes reading={reading} marks={marks} />}
        </svg>
      </div>
      {reading && <LitText reading={reading} />}
    </figure>
  );
}

function Tool(props: { icon: IconName; text: string; press: () => void; isPressed?: boolean }) {
  return (
    <Tooltip label={props.text}>
      <ActionIcon
        aria-label={props.text}
        onClick={props.press}
        {...(props.isPressed !== undefined && { 'aria-pressed': props.isPressed })}
      >
        <Icon name={props.icon} />
      </ActionIcon>
    </Tooltip>
  );
}

type Zoom = { zoom: number; setZoom: (zoom: number) => void };

/**
 * How large the picture is shown. When a mark is asked for it fills a good part of the pane; when somebody zooms by
 * hand, what was in the middle stays in the middle.
 */
function useZoom(marks: Mark[], width: number, pane: RefObject<HTMLDivElement | null>): Zoom {
  const { wanted } = useLight();
  const [zoom, setZoom] = useState(zoomMin);
  const shown = useRef({ zoom, turn: wanted?.turn });
  const mark = marks.find(({ name }) => name === wanted?.name);
  const box = mark && boxAround(mark.quad, 1);
  const wantedZoom = box && Math.min(zoomMax, Math.max(zoomMin, (width / box.width) * 0.8));
  useEffect(() => {
    if (wantedZoom) setZoom(wantedZoom);
    // Asking again for the same mark brings it back after the picture was moved.
  }, [wanted]);
  useLayoutEffect(() => {
    const view = pane.current;
    if (!view) return;
    const before = shown.current;
    const isAskedFor = box && before.turn !== wanted?.turn;
    if (isAskedFor && zoom !== wantedZoom) return;
    shown.current = { zoom, turn: wanted?.turn };
    const scale = isAskedFor ? (view.clientWidth * zoom) / width : zoom / before.zoom;
    const middle = isAskedFor
      ? { x: box.x + box.width / 2, y: box.y + box.height / 2 }
      : { x: view.scrollLeft + view.clientWidth / 2, y: view.scrollTop + view.clientHeight / 2 };
    if (!isAskedFor && scale === 1) return;
    view.scrollTo(middle.x * scale - view.clientWidth / 2, middle.y * scale - view.clientHeight / 2);
  });
  return { zoom, setZoom: (next) => setZoom(Math.min(zoomMax, Math.max(zoomMin, next))) };
}

function Boxes({ reading, marks }: { reading: Reading; marks: Mark[] }) {
  const light = useLight();
  return (
    <g>
      {reading.lines.map(({ quad }, index) => (
        <polygon
          key={index}
          className="read-line"
          points={quad.join(' ')}
          {...lightProps(`line-${index}`, light)}
        />
      ))}
      {marks.map((mark) => (
        <polygon
          key={mark.name}
          className={mark.isUnsure ? 'read-mark is-unsure' : 'read-mark'}
          points={mark.quad.join(' ')}
          onClick={() => showValue(mark.name)}
          {...lightProps(mark.name, light)}
        />
      ))}
    </g>
  );
}

function showValue(name: string): void {
  document.getElementById(`mark-${name}`)?.scrollIntoView({ block: 'center', behavior: 'smooth' });
}

/** The words under the pointer as they were read, and how sure the engine was. */
function LitText({ reading }: { reading: Reading }) {
  const { say, percent } = useReader();
  const { lit } = useLight();
  const line = lit?.startsWith('line-') ? reading.lines[Number(lit.slice(5))] : undefined;
  return (
    <figcaption className="picture-caption">
      {line ? (
        <>
          <q>{line.text}</q> {percent(line.confidence)}
        </>
      ) : (
        say('admin.picture.caption', { count: reading.lines.length, engine: reading.engine })
      )}
    </figcaption>
  );
}

/** The piece of the picture where a value stood, cut out of the same file. */
export function Crop({ evidence, quad }: { evidence: EvidenceDetail; quad: number[] }) {
  const { x, y, width, height } = boxAround(quad, 0.12);
  const size = evidence.reading ?? evidence;
  const isBlock = height > 2.5 * lineHeightOf(evidence.reading);
  return (
    <svg
      className={isBlock ? 'crop is-block' : 'crop'}
      viewBox={`${x} ${y} ${width} ${height}`}
      preserveAspectRatio="xMinYMid meet"
      aria-hidden="true"
    >
      <image href={evidence.imageUrl} width={size.width} height={size.height} preserveAspectRatio="none" />
    </svg>
  );
}

/** How high a line of this receipt usually is, in pixels of the picture. */
function lineHeightOf(reading: Reading | null): number {
  const heights = (reading?.lines ?? []).map(({ quad }) => boxAround(quad).height).sort((a, b) => a - b);
  return heights[Math.floor(heights.length / 2)] ?? 0;
}
