/** Drawings of our own, so that nothing is loaded. All are decoration: the text beside them says the same. */
function icon(path: string, width = 20) {
  return () => (
    <svg viewBox="0 0 24 24" width={width} height={width} aria-hidden="true" class="icon">
      <path d={path} />
    </svg>
  );
}

export const Phone = icon("M6.5 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2 2 0 0 1-2 2A16 16 0 0 1 4.5 5.5a2 2 0 0 1 2-2z");
export const Send = icon("M5 12h14M13 6l6 6-6 6");
export const Dots = icon("M5 12h.01M12 12h.01M19 12h.01");
export const Cross = icon("M6 6l12 12M18 6L6 18");
export const Pencil = icon("M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3", 18);
export const Alert = icon("M12 4l9 16H3L12 4zM12 10v4M12 17h.01");

/** A ball in its socket: the clinic's hip assistant. */
export function Mark() {
  return (
    <svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" class="mark">
      <circle cx="20" cy="20" r="20" class="mark-back" />
      <path d="M9.5 20a10.5 10.5 0 0 1 17-8.3" class="mark-line" />
      <circle cx="20" cy="20" r="5.8" class="mark-ball" />
      <path d="M24 24l5.5 7.500" class="mark-line" />
    </svg>
  );
}
