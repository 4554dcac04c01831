export interface MailContent {
  siteName: string;
  subject: string;
  /** Shown beside the subject in lists of mails; by default the mail's beginning. */
  preheader: string;
  blocks: Block[];
  /** What to do if the mail was not meant for the reader. */
  note: string;
  footerLinks?: { label: string; url: string }[];
}

export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'user-text'; text: string }
  | { kind: 'code'; code: string }
  | { kind: 'button'; label: string; url: string }
  | { kind: 'facts'; rows: (readonly [label: string, value: string])[] }
  | { kind: 'heading'; text: string }
  | { kind: 'event'; head: string; text: string; url: string };

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
