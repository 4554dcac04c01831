// Only its administrator sees it, once: a password of theirs is worth more than a light page.
export const csr = true;
