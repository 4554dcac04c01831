-- Somebody who joined is in no thread, and a user who joined the site in no space. No table refers to this one.
CREATE TABLE `__new_notification` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` text NOT NULL,
	`space_id` integer,
	`thread_id` integer,
	`comment_id` integer,
	`kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`read_at` integer,
	`later` integer DEFAULT false NOT NULL,
	`mail_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`thread_id`) REFERENCES `thread`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`comment_id`) REFERENCES `comment`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`actor_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_notification`("id", "user_id", "space_id", "thread_id", "comment_id", "kind", "actor_id", "created_at", "read_at", "later", "mail_at") SELECT "id", "user_id", "space_id", "thread_id", "comment_id", "kind", "actor_id", "created_at", "read_at", "later", "mail_at" FROM `notification`;--> statement-breakpoint
DROP TABLE `notification`;--> statement-breakpoint
ALTER TABLE `__new_notification` RENAME TO `notification`;--> statement-breakpoint
CREATE INDEX `notification_by_user` ON `notification` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `notification_mentions` ON `notification` (`user_id`,`id`) WHERE kind = 'mention';--> statement-breakpoint
CREATE INDEX `notification_later` ON `notification` (`user_id`,`id`) WHERE later = 1;--> statement-breakpoint
CREATE INDEX `notification_unread` ON `notification` (`user_id`,`thread_id`) WHERE read_at is null;--> statement-breakpoint
CREATE INDEX `notification_unread_mentions` ON `notification` (`user_id`,`thread_id`) WHERE kind = 'mention' and read_at is null;--> statement-breakpoint
CREATE INDEX `notification_mail_due` ON `notification` (`mail_at`) WHERE mail_at is not null;--> statement-breakpoint
CREATE INDEX `notification_waiting` ON `notification` (`user_id`,`mail_at`) WHERE mail_at is not null;--> statement-breakpoint
CREATE INDEX `notification_by_space` ON `notification` (`space_id`);--> statement-breakpoint
CREATE INDEX `notification_by_thread` ON `notification` (`thread_id`);--> statement-breakpoint
CREATE INDEX `notification_by_comment` ON `notification` (`comment_id`);--> statement-breakpoint
CREATE INDEX `notification_by_actor` ON `notification` (`actor_id`);