/** A map of probabilities that a pixel is text, row by row. */
export type TextMap = { data: Float32Array; width: number; height: number };

/**
 * Connected components (8 neighbours) of the given pixels that lie above a threshold, each as the places of its pixels.
 * `isOpen` has a zero for each pixel of the map, and has them again afterwards.
 */
export function findComponents(
  { data, width, height }: TextMap,
  isOpen: Uint8Array,
  pixels: Iterable<number>,
  threshold: number,
): number[][] {
  for (const at of pixels) if (data[at]! > threshold) isOpen[at] = 1;
  const found: number[][] = [];
  for (const start of pixels) {
    if (!isOpen[start]) continue;
    isOpen[start] = 0;
    const component = [start];
    for (let i = 0; i < component.length; i += 1) {
      const at = component[i]!;
      const y = Math.floor(at / width);
      const x = at - y * width;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny += 1)
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx += 1) {
          const next = ny * width + nx;
          if (!isOpen[next]) continue;
          isOpen[next] = 0;
          component.push(next);
        }
    }
    found.push(component);
  }
  return found;
}
