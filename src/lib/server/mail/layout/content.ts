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
  /** What a person typed: its line breaks are kept. */
  | { kind: 'user-text'; text: string }
  | { kind: 'code'; code: string }
  /** The call to action, with its address in full below. */
  | { kind: 'button'; label: string; url: string }
  | { kind: 'facts'; rows: (readonly [label: string, value: string])[] }
  | { kind: 'heading'; text: string }
  /** One of several events: who did what, what they wrote, and where. */
  | { kind: 'event'; head: string; text: string; url: string };

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
