/** The mark: a pulse that ends in a spark, the moment at which an event sets something off. */
export function LogoMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0b7a6b" />
      <path d="M5 17.5h5.2l2.6-7.5 4.6 13 2.7-8.2" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
      <circle cx="24" cy="13.2" r="3" fill="#ffb454" />
    </svg>
  );
}
