-- Columns by the names of the field. Nothing is copied, and no data changes.
ALTER TABLE `thread` RENAME COLUMN `company_comment_count` TO `staff_comment_count`;--> statement-breakpoint
ALTER TABLE `thread` RENAME COLUMN `company_activity_at` TO `staff_activity_at`;--> statement-breakpoint
DROP INDEX `thread_by_company_activity`;--> statement-breakpoint
CREATE INDEX `thread_by_staff_activity` ON `thread` (`space_id`,`staff_activity_at`,`id`);--> statement-breakpoint
ALTER TABLE `invitation` RENAME COLUMN `accepted_via` TO `accepted_link_kind`;--> statement-breakpoint
ALTER TABLE `user` RENAME COLUMN `zone_seen` TO `browser_time_zone`;--> statement-breakpoint
ALTER TABLE `user` RENAME COLUMN `mailbox_proved_at` TO `email_verified_at`;--> statement-breakpoint
ALTER TABLE `space` RENAME COLUMN `users` TO `user_count`;--> statement-breakpoint
ALTER TABLE `space` RENAME COLUMN `guests` TO `guest_count`;--> statement-breakpoint
ALTER TABLE `space` RENAME COLUMN `appointed_id` TO `appointed_administrator_id`;--> statement-breakpoint
ALTER TABLE `revision` RENAME COLUMN `at` TO `replaced_at`;--> statement-breakpoint
ALTER TABLE `file` RENAME COLUMN `gone_at` TO `released_at`;--> statement-breakpoint
DROP INDEX `file_gone`;--> statement-breakpoint
CREATE INDEX `file_released` ON `file` (`released_at`) WHERE released_at is not null;--> statement-breakpoint
-- It said what `kind` says already.
DROP INDEX `notification_to_me`;--> statement-breakpoint
ALTER TABLE `notification` DROP COLUMN `to_me`;--> statement-breakpoint
CREATE INDEX `notification_mentions` ON `notification` (`user_id`,`id`) WHERE kind = 'mention';
