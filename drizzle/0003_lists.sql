CREATE INDEX `notification_later` ON `notification` (`user_id`,`id`) WHERE later = 1;--> statement-breakpoint
CREATE INDEX `space_by_name` ON `space` (`name`,`id`) WHERE deleted_at is null;