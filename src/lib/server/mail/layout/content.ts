/** What a mail says, before it is written as plain text (text.ts) and as HTML (html.ts). */
export interface MailContent {
  siteName: string;
  subject: string;
  /** Shown beside the subject in a list of mails; empty: the beginning of the mail itself. */
  preheader: string;
  blocks: Block[];
  /** Small print: what to do when the mail was not meant for the reader. */
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
