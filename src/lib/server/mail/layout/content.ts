import type { HtmlSafeString } from 'escape-html-template-tag';
import type { Person } from '../../../people';

export interface MailContent {
  siteName: string;
  subject: string;
  /** Stands before everything else, and nowhere else: mail programs that show or fill in a code look for it there. */
  code?: string;
  /** What the mail says first, where its subject is that of a conversation; else the subject. */
  heading?: string;
  /** Shown beside the subject in lists of mails; by default the mail's beginning. */
  preheader: string;
  blocks: Block[];
  /** Why the reader gets it. */
  why?: string;
  /** What to do if the mail was not meant for the reader. */
  note: string;
  footerLinks?: { label: string; url: string }[];
  /** The one person who caused it. */
  sender?: Person;
  /** Whom an answer reaches; without, nobody reads it. */
  replyTo?: ReplyTo;
  /** The thread that it belongs to: mail programs show such mails together. */
  threadId?: number;
}

export interface ReplyTo {
  name: string;
  email: string;
}

export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'user-text'; text: string }
  | { kind: 'prose'; text: string; html: HtmlSafeString }
  | { kind: 'button'; label: string; url: string }
  | { kind: 'link'; label: string; url: string }
  | { kind: 'facts'; rows: (readonly [label: string, value: string])[] }
  | { kind: 'heading'; text: string }
  | { kind: 'event'; head: string; blocks: Block[] };

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
