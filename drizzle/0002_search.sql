-- The full-text index (src/lib/server/search.ts). Contentless: the texts stand in thread and comment already.
-- rowid: a thread's id × 2, a comment's id × 2 + 1. scope: the space, who wrote it, and whether it is a thread, as tokens.
CREATE VIRTUAL TABLE `search_entry` USING fts5(`scope`, `words`, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
UPDATE `thread` SET `company_activity_at` = `last_activity_at`, `company_comment_count` = (SELECT count(*) FROM `comment` c JOIN `user` u ON u.id = c.author_id WHERE c.thread_id = `thread`.id AND u.kind = 'user');
--> statement-breakpoint
-- What was written before there was an index: cron puts it in, piece by piece (search.rebuild).
INSERT INTO `setting` (`key`, `value`) SELECT 'rebuildSearch', '0' WHERE EXISTS (SELECT 1 FROM `thread`);
