-- The space of what stands in a thread, so that a space's rows are found by a plain WHERE. SQLite adds no column without a
-- default to a table with rows; the default is written by nothing (src/lib/server/schema/schema.test.ts).
ALTER TABLE `comment` ADD `space_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `revision` ADD `space_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `reaction` ADD `space_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `thread_person` ADD `space_id` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `comment` SET `space_id` = (SELECT t.space_id FROM `thread` t WHERE t.id = `comment`.thread_id);--> statement-breakpoint
UPDATE `revision` SET `space_id` = (SELECT t.space_id FROM `thread` t WHERE t.id = `revision`.thread_id);--> statement-breakpoint
UPDATE `reaction` SET `space_id` = (SELECT t.space_id FROM `thread` t WHERE t.id = `reaction`.thread_id);--> statement-breakpoint
UPDATE `thread_person` SET `space_id` = (SELECT t.space_id FROM `thread` t WHERE t.id = `thread_person`.thread_id);--> statement-breakpoint
CREATE INDEX `comment_by_space` ON `comment` (`space_id`);--> statement-breakpoint
CREATE INDEX `revision_by_space` ON `revision` (`space_id`);--> statement-breakpoint
CREATE INDEX `reaction_by_space` ON `reaction` (`space_id`);--> statement-breakpoint
CREATE INDEX `thread_person_by_space` ON `thread_person` (`space_id`);
