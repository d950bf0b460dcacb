import { describe, expect, test } from 'vitest';
import {
  decimalMarkOf,
  formatMoney,
  isCurrency,
  minorDigits,
  parseDecimal,
  parseMoney,
  toDecimal,
} from './money.ts';

describe('minor units', () => {
  test.each([
    ['MYR', 2],
    ['IDR', 0],
    ['JPY', 0],
    ['KWD', 3],
    ['PLN', 2],
  ])('%s has %i decimals', (currency, digits) => expect(minorDigits(currency)).toBe(digits));

  test('a code that is no currency is known as such', () => {
    expect(isCurrency('MYR')).toBe(true);
    expect(isCurrency('myr')).toBe(false);
    expect(isCurrency('XYZ')).toBe(false);
  });
});

describe('the decimal mark follows the country of the currency', () => {
  test.each([
    ['MYR', '.'],
    ['IDR', ','],
    ['PLN', ','],
    ['INR', '.'],
    ['EUR', ','],
    ['USD', '.'],
  ])('%s %s', (currency, mark) => expect(decimalMarkOf(currency)).toBe(mark));
});

describe('amounts are read without guessing', () => {
  test.each([
    ['RM 1,250.00', 'MYR', 125000],
    ['RM1.25', 'MYR', 125],
    ['1,250', 'MYR', 125000],
    ['1.250', 'MYR', 125],
    ['9.000', 'MYR', 900],
    ['9.005', 'MYR', null],
    ['-RM 0.02', 'MYR', -2],
    ['RM -0.02', 'MYR', -2],
    ['(5.00)', 'MYR', -500],
    ['0.00', 'MYR', 0],
    ['9,00', 'MYR', 900],
    ['1.234.56', 'MYR', 123456],
    ['Rp 12.500', 'IDR', 12500],
    ['Rp. 12,500', 'IDR', 12500],
    ['50.000,00', 'IDR', 50000],
    ['82,000.00', 'IDR', 82000],
    ['8000', 'IDR', 8000],
    ['1.234,50', 'EUR', 123450],
    ['1 234,50 zł', 'PLN', 123450],
    ['-3,50 zł', 'PLN', -350],
    ['₹1,25,000.00', 'INR', 12500000],
    ['1,25,00.00', 'INR', null],
    ['12.5.0', 'MYR', null],
    ['9007199254740993', 'JPY', null],
    ['twelve', 'MYR', null],
    ['', 'MYR', null],
  ])('%s in %s is %s', (text, currency, minor) => expect(parseMoney(text, currency)).toBe(minor));

  test('one mark before three digits means nothing without a country', () => {
    expect(parseDecimal('1,250', null)).toBeNull();
    expect(parseDecimal('1,250', '.')).toEqual({ digits: '1250', scale: 0 });
    expect(parseDecimal('1,250', ',')).toEqual({ digits: '1250', scale: 3 });
    expect(parseDecimal('0.532', ',')).toEqual({ digits: '0532', scale: 3 });
  });
});

describe('amounts are written', () => {
  test('as a plain decimal, exact for any size', () => {
    expect(toDecimal(5, 'MYR')).toBe('0.05');
    expect(toDecimal(-1250n, 'MYR')).toBe('-12.50');
    expect(toDecimal(123456789012345678901n, 'MYR')).toBe('1234567890123456789.01');
    expect(toDecimal(12500, 'IDR')).toBe('12500');
  });

  test('as people of the language write them', () => {
    expect(formatMoney(123450, 'MYR', 'en')).toMatch(/^RM\s?1,234\.50$/);
    expect(formatMoney(12500, 'IDR', 'id')).toMatch(/^Rp\s12\.500$/);
    expect(formatMoney(-350n, 'PLN', 'pl')).toMatch(/^-3,50\szł$/);
  });
});
