/** Beyond any of these a text is shown as typed. Measured: the worst 20,000 characters take 35 ms. */
export const LIMITS = {
  characters: 20_000,
  /** Quotations and lists. markdown-it would silently drop deeper ones. */
  nesting: 20,
  /** markdown-it completes short rows, so a few characters can become many cells. */
  cells: 5_000,
  tokens: 40_000,
  /** Of all tokens: one long address can be referenced a thousand times. */
  content: 200_000,
  address: 2_000,
};
