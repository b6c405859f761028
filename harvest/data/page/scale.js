// Scales: from values to places in a figure, and the round values at which an axis has a line.

/** Return the function from 0..`most` to `from`..`to`. */
export function linear(
  /** @type {number} */ most,
  /** @type {number} */ from,
  /** @type {number} */ to,
) {
  return (/** @type {number} */ value) => from + (value / (most || 1)) * (to - from);
}

/** Return the function from 1..`most` to `from`..`to`, in steps of ten. */
export function logarithmic(
  /** @type {number} */ most,
  /** @type {number} */ from,
  /** @type {number} */ to,
) {
  const decades = Math.log10(Math.max(10, most));
  return (/** @type {number} */ value) => from + (Math.log10(value) / decades) * (to - from);
}

/** Return about so many round values from 0 to `most` or a little more. */
export function ticks(/** @type {number} */ most, about = 4) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most) / about));
  const steps = [1, 2, 2.5, 5, 10].map((step) => step * power);
  const step = steps.find((it) => it >= most / about && Number.isInteger(it)) ?? 1;
  return Array.from(
    { length: Math.ceil(Math.max(1, most) / step) + 1 },
    (_, number) => number * step,
  );
}

/** Return 1, 10, 100 ... up to `most`. */
export function decades(/** @type {number} */ most) {
  return Array.from(
    { length: Math.floor(Math.log10(Math.max(10, most))) + 1 },
    (_, power) => 10 ** power,
  );
}
