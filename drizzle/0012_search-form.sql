-- The index in another form (src/lib/server/search): signs beside words, all splitting of text in one
-- place of ours, and texts that name guests once without those names and once with them.
-- It is empty then; cron writes it anew, the newest texts first, until the setting `searchIndex` says that all are there.
DROP TABLE `search_entry`;
--> statement-breakpoint
CREATE VIRTUAL TABLE `search_entry` USING fts5(`scope`, `words`, `signs`, `all_words`, `all_signs`, content='', contentless_delete=1, tokenize="ascii tokenchars '+#&@$%=~.'");
--> statement-breakpoint
DELETE FROM `setting` WHERE `key` = 'rebuildSearch';
