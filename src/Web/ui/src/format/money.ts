/** Integer minor units to words of the viewer's locale: 129900 EUR → €1,299.00, 500 JPY → ¥500. */
export function money(minorUnits: number, currency: string): string {
  try {
    const formatter = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    const digits = formatter.resolvedOptions().maximumFractionDigits ?? 2;
    return formatter.format(minorUnits / 10 ** digits);
  } catch {
    // Not a currency that ISO 4217 knows: show what there is.
    return `${(minorUnits / 100).toFixed(2)} ${currency}`;
  }
}

/** Revenue in each currency, the largest first; a dash for none. */
export function revenue(byCurrency: Record<string, number>): string {
  const parts = Object.entries(byCurrency)
    .filter(([, minorUnits]) => minorUnits !== 0)
    .sort(([, a], [, b]) => b - a)
    .map(([currency, minorUnits]) => money(minorUnits, currency));
  return parts.length === 0 ? '–' : parts.join(' + ');
}
