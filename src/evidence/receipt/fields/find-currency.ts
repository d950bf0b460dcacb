import { isCurrency } from '../../../shared/money.ts';
import { quadAround } from '../rows.ts';
import type { Field, Locale, TextLine } from '../reading.ts';
import { currencySymbols } from './find-numerals.ts';

const mentions =
  /(?<![\p{L}\d])(RM|MYR|RP|IDR|PLN|ZŁ|ZL|RUB|UAH|ГРН|РУБ|INR|SGD|USD|EUR|US\$|S\$)(?![\p{L}])|([€₽₴₹])/giu;

// A sign of another country must stand there more than once: RP and RS are also read out of smudges.
const foreignMin = 2;

/**
 * The currency of the paper: the sign or code printed most often, else what the locale says. Confidence is 1 only for a
 * printed one; a bare `$` means the home currency and prints nothing new.
 */
export function findCurrency(lines: readonly TextLine[], locale: Locale): Field<string> {
  const counts = new Map<string, { count: number; text: string; line: TextLine }>();
  for (const line of lines) {
    for (const match of line.text.matchAll(mentions)) {
      const code = currencySymbols[match[0].toUpperCase()];
      if (!code || !isCurrency(code)) continue;
      const seen = counts.get(code);
      if (seen) seen.count++;
      else counts.set(code, { count: 1, text: match[0], line });
    }
  }
  const [first] = [...counts].sort((a, b) => b[1].count - a[1].count);
  const home = counts.get(locale.currency);
  const found = first && (first[0] === locale.currency || first[1].count >= foreignMin) ? first : null;
  if (found)
    return { value: found[0], confidence: 1, text: found[1].text, quad: quadAround([found[1].line.quad]) };
  if (home)
    return { value: locale.currency, confidence: 1, text: home.text, quad: quadAround([home.line.quad]) };
  return { value: locale.currency, confidence: 0.9, text: '', quad: null };
}
