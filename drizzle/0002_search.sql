-- The full-text index (src/lib/server/search.ts). Contentless: the texts stand in thread and comment already.
-- rowid: a thread's id × 2, a comment's id × 2 + 1. scope: the space and who wrote it, as tokens.
CREATE VIRTUAL TABLE `search_entry` USING fts5(`scope`, `words`, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
UPDATE `thread` SET `company_activity_at` = `last_activity_at`, `company_comment_count` = (SELECT count(*) FROM `comment` c JOIN `user` u ON u.id = c.author_id WHERE c.thread_id = `thread`.id AND u.kind = 'user');
--> statement-breakpoint
-- What was written before there was an index. (Japanese and Chinese of that time is found once it is edited.)
INSERT INTO `search_entry` (rowid, `scope`, `words`) SELECT t.id * 2, 's' || t.space_id || ' ' || iif(u.kind = 'guest', 'u' || u.id, 'company'), t.title || ' ' || t.body FROM `thread` t JOIN `user` u ON u.id = t.author_id;
--> statement-breakpoint
INSERT INTO `search_entry` (rowid, `scope`, `words`) SELECT c.id * 2 + 1, 's' || t.space_id || ' ' || iif(u.kind = 'guest', 'u' || u.id, 'company'), c.body FROM `comment` c JOIN `thread` t ON t.id = c.thread_id JOIN `user` u ON u.id = c.author_id;
