/**

 */

/**
 * Beyond any of these limits a text is shown as it was typed, so nothing is lost. (Measured: 20,000 characters of the worst
 * kind take 35 ms.)
 */
export const LIMITS = {
  characters: 20_000,
  /** Nested quotations and lists. markdown-it would silently drop deeper ones. */
  nesting: 20,
  /** Cells of a table: markdown-it completes short rows, so a few characters can become many cells. */
  cells: 5_000,
  tokens: 40_000,
  /** All texts and addresses of the tokens together: one long address can be referenced a thousand times. */
  content: 200_000,
  address: 2_000,
};
