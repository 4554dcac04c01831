DROP INDEX `space_event_by_owner`;--> statement-breakpoint
ALTER TABLE `space_event` ADD `audience` text;--> statement-breakpoint
CREATE INDEX `space_event_public` ON `space_event` (`space_id`,`seq`) WHERE audience is null;--> statement-breakpoint
CREATE INDEX `space_event_by_owner` ON `space_event` (`space_id`,`owner_id`,`seq`) WHERE audience is null;--> statement-breakpoint
DROP INDEX `thread_by_staff_activity`;--> statement-breakpoint
ALTER TABLE `thread` ADD `audience` text;--> statement-breakpoint
ALTER TABLE `thread` ADD `opened_at` integer;--> statement-breakpoint
ALTER TABLE `thread` ADD `public_comment_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `thread` ADD `public_activity_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- So far everything is for everybody in its space.
UPDATE `thread` SET `public_comment_count` = `comment_count`, `public_activity_at` = `last_activity_at`;--> statement-breakpoint
CREATE INDEX `thread_by_public_activity` ON `thread` (`space_id`,`public_activity_at`,`id`) WHERE audience is null;--> statement-breakpoint
CREATE INDEX `thread_for_company` ON `thread` (`space_id`) WHERE audience is not null;--> statement-breakpoint
CREATE INDEX `thread_by_staff_activity` ON `thread` (`space_id`,`staff_activity_at`,`id`) WHERE audience is null;--> statement-breakpoint
ALTER TABLE `comment` ADD `audience` text;--> statement-breakpoint
ALTER TABLE `comment` ADD `opened_at` integer;--> statement-breakpoint
CREATE INDEX `comment_for_company` ON `comment` (`space_id`) WHERE audience is not null;