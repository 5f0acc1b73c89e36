/** The sign of Atelier: an easel. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M12 3v2M7 21l2-9M17 21l-2-9M4.5 21 7 12h10l2.5 9M9 16.5h6" />
      <circle cx="12" cy="8" r="3" />
    </svg>
  );
}
