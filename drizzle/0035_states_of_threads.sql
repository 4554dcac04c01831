DROP INDEX `comment_by_author`;--> statement-breakpoint
CREATE INDEX `comment_by_author` ON `comment` (`author_id`,`thread_id`);--> statement-breakpoint
CREATE INDEX `thread_by_state` ON `thread` (`space_id`,closed_at is null,`last_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `thread_by_public_state` ON `thread` (`space_id`,closed_at is null,`public_activity_at`,`id`) WHERE audience is null;--> statement-breakpoint
CREATE INDEX `thread_by_staff_state` ON `thread` (`space_id`,closed_at is null,`staff_activity_at`,`id`) WHERE audience is null;