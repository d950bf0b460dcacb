import { stripVTControlCharacters, styleText } from 'node:util';
import { writeMoney, type Facts, type TextKey } from '../../web/texts/say.ts';
import { explainRules } from '../flow/explain-award.ts';
import type { EvidenceStory } from '../flow/tell-evidence.ts';
import type { ReadingItem } from '../evidence/receipt/reading.ts';
import { text } from '../notify/texts.ts';

/**
 * One receipt's story for a person at a terminal, line by line: what was read, which outlet and goods were found, which
 * checks passed, which rules fired with which arithmetic, what moved, and what the sender was told.
 */
export function tellStory(story: EvidenceStory): string[] {
  return [
    ...part('Read', readLines(story)),
    ...part('From', fromLines(story)),
    ...part('Goods', goodsLines(story)),
    ...part('Checks', checkLines(story)),
    ...part('Rules', ruleLines(story)),
    ...part('Posted', postedLines(story)),
    ...part('Stock', stockLines(story)),
    ...part('Told', toldLines(story)),
    ...part('Ids', [dim(`evidence ${story.evidence.id}`)]),
  ];
}

/** The story in one line, for those told in passing. */
export function tellInShort(story: EvidenceStory): string {
  const { evidence, participant, summary, verification, points } = story;
  const failed = (verification?.checks ?? []).find((check) => !check.ok);
  const outcome =
    evidence.state === 'verified'
      ? `${mark(true)} ${points} points`
      : `${mark(false)} ${verdictWord(evidence.state)}`;
  const why = failed ? dim(`  ${sentence(failed.code, false, failed.facts)}`) : '';
  const total = summary?.totalMinor == null ? '' : money(summary.totalMinor, summary.currency);
  return `  ${pad(participant.name, 7)}${pad(summary?.merchant ?? '(shop not read)', 38)}${pad(total, 12)}${outcome}${why}`;
}

const dim = (line: string): string => styleText('dim', line);
const bold = (line: string): string => styleText('bold', line);
const mark = (ok: boolean): string => (ok ? styleText('green', '✓') : styleText('red', '✗'));

const labelWidth = 9;

function part(label: string, lines: readonly string[]): string[] {
  return lines.map(
    (line, i) => `  ${i === 0 ? bold(pad(label, labelWidth)) : ' '.repeat(labelWidth)}${line}`,
  );
}

function pad(word: string, width: number): string {
  const length = [...stripVTControlCharacters(word)].length;
  return length >= width ? `${[...word].slice(0, width - 2).join('')}… ` : word + ' '.repeat(width - length);
}

const money = (minor: number, currency: string | null): string => writeMoney('en', minor, currency ?? 'XXX');
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function readLines({ reading, evidence }: EvidenceStory): string[] {
  if (!reading) return [`not yet (${evidence.state})`];
  const { merchant, date, time, number, currency, totalMinor, confidence } = reading.document;
  const when = date ? `${date.value}${time ? ` ${time.value.slice(0, 5)}` : ''}` : 'no date';
  const total = totalMinor ? money(totalMinor.value, currency?.value ?? null) : 'no total';
  const parts = [
    merchant?.value ?? 'no shop',
    when,
    number ? `no. ${number.value}` : 'no number',
    `total ${total}`,
  ];
  const seconds = (reading.createdAt.getTime() - evidence.receivedAt.getTime()) / 1000;
  return [
    bold(parts.join(' · ')),
    dim(`${percent(confidence)} sure, ${seconds.toFixed(1)} s after it arrived`),
  ];
}

function fromLines({ participant, outlet, verification }: EvidenceStory): string[] {
  const how = verification?.matches.outlet?.how;
  const place = outlet ? `${outlet.name}, ${outlet.areaName}` : 'a shop that nobody knows';
  return [
    `${participant.name} (${participant.kind}, ${participant.tier}, ${participant.partnerName}) for ${place}${how ? dim(`  found by: ${how}`) : ''}`,
  ];
}

function goodsLines({ reading, verification, products }: EvidenceStory): string[] {
  const { items, currency } = reading?.document ?? { items: [], currency: null };
  return items.map((item, i) => {
    const match = verification?.matches.items.find((each) => each.item === i);
    const product = products.find((each) => each.id === match?.product);
    const printed = pad(`${quantityOf(item)}${item.text}`, 40);
    const amount = item.amountMinor === null ? '' : money(item.amountMinor, currency?.value ?? null);
    if (!product) return dim(`· ${printed}${pad(amount, 11)}not one of our goods`);
    return `${mark(true)} ${printed}${pad(amount, 11)}${product.name}${product.isFocus ? styleText('yellow', ' ★ focus') : ''}`;
  });
}

function quantityOf({ quantity }: ReadingItem): string {
  return quantity === null || quantity === 1 ? '' : `${quantity} x `;
}

function checkLines({ verification }: EvidenceStory): string[] {
  if (!verification) return [];
  const passed = verification.checks.filter((check) => check.ok).map((check) => check.code);
  const failed = verification.checks.filter((check) => !check.ok);
  const by = verification.decidedBy ? 'a reviewer' : 'no human needed';
  const verdict = verification.verdict === 'verified' ? `verified, ${by}` : verdictWord(verification.verdict);
  return [
    bold(verdict),
    ...failed.map(({ code, facts }) => `${mark(false)} ${sentence(code, false, facts)}`),
    ...(passed.length > 0 ? [`${mark(true)} ${dim(passed.join(', '))}`] : []),
  ];
}

function verdictWord(state: string): string {
  return state === 'needs-review' ? 'a person must decide' : state;
}

function sentence(code: string, ok: boolean, facts: object): string {
  return text('en', `verification.${code}.${ok ? 'ok' : 'failed'}` as TextKey, facts as Facts);
}

function ruleLines({ evaluation, rules, people }: EvidenceStory): string[] {
  return explainRules(evaluation, rules, 'en', people).flatMap(({ considered, title, reason, steps }) => {
    const name = `${title} ${dim(`(${considered.code}, version ${considered.version})`)}`;
    const paid = considered.awards.map(({ units, asset }) => `+${units} ${asset}`).join(', ');
    if (!considered.fired) return [dim(`· ${title}: ${reason}`)];
    return [`${mark(true)} ${name}: ${bold(paid)}`, ...steps.map((step) => `    ${step}`)];
  });
}

function postedLines({ transfers, owners, points }: EvidenceStory): string[] {
  const moved = transfers.filter(({ asset }) => asset.kind !== 'goods');
  const lines = moved.map(({ amount, asset, from, to, kind, id }) => {
    const side = ({ owner, role }: typeof from) => `${owners.get(owner) ?? owner} ${dim(role)}`;
    return `${amount} ${asset.code}: ${side(from)} → ${side(to)}  ${dim(`${kind} ${id}`)}`;
  });
  return moved.length > 1 ? [...lines, bold(`${points} points in all`)] : lines;
}

function stockLines({ stock }: EvidenceStory): string[] {
  return stock.map(({ name, outlet, beforeMilli, afterMilli }) => {
    const pieces = (milli: bigint) => String(Number(milli) / 1000);
    return `${pad(name, 42)}${pieces(beforeMilli)} → ${pieces(afterMilli)} ${dim(`at ${outlet}`)}`;
  });
}

function toldLines({ messages, participant }: EvidenceStory): string[] {
  return messages.map(({ body, language }) => `${participant.name} [${language}]: “${body}”`);
}
