const WITHOUT_MINOR_UNIT = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const WITH_THREE_DIGITS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
const WITH_FOUR_DIGITS = new Set('CLF UYW'.split(' '));

/** Whether it is the code of a currency in use (ISO 4217). */
export const isCurrency = (code: string): boolean => Intl.supportedValuesOf('currency').includes(code);

/**
 * How many digits the minor unit of a currency has by ISO 4217: 2 for most.
 * Our own list, since `Intl` follows CLDR, which drops digits that ISO keeps.
 */
export const minorDigits = (currency: string): number => {
  if (WITHOUT_MINOR_UNIT.has(currency)) return 0;
  if (WITH_THREE_DIGITS.has(currency)) return 3;
  return WITH_FOUR_DIGITS.has(currency) ? 4 : 2;
};
