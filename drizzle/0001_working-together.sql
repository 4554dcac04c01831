CREATE TABLE `file` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`space_id` integer,
	`template_id` text,
	`thread_id` integer,
	`comment_id` integer,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`size` integer NOT NULL,
	`key` text NOT NULL,
	`thumb_key` text,
	`uploader_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`attached_at` integer,
	`gone_at` integer,
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`template_id`) REFERENCES `space_template`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`thread_id`) REFERENCES `thread`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`comment_id`) REFERENCES `comment`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`uploader_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `file_by_space` ON `file` (`space_id`);--> statement-breakpoint
CREATE INDEX `file_by_template` ON `file` (`template_id`);--> statement-breakpoint
CREATE INDEX `file_by_thread` ON `file` (`thread_id`,`comment_id`);--> statement-breakpoint
CREATE INDEX `file_by_comment` ON `file` (`comment_id`);--> statement-breakpoint
CREATE INDEX `file_by_uploader` ON `file` (`uploader_id`);--> statement-breakpoint
CREATE INDEX `file_unused` ON `file` (`created_at`) WHERE attached_at is null;--> statement-breakpoint
CREATE INDEX `file_gone` ON `file` (`gone_at`) WHERE gone_at is not null;--> statement-breakpoint
CREATE TABLE `notification` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` text NOT NULL,
	`space_id` integer NOT NULL,
	`thread_id` integer NOT NULL,
	`comment_id` integer,
	`kind` text NOT NULL,
	`to_me` integer NOT NULL,
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
CREATE INDEX `notification_by_user` ON `notification` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `notification_to_me` ON `notification` (`user_id`,`id`) WHERE to_me = 1;--> statement-breakpoint
CREATE INDEX `notification_unread` ON `notification` (`user_id`,`thread_id`) WHERE read_at is null;--> statement-breakpoint
CREATE INDEX `notification_mail_due` ON `notification` (`mail_at`) WHERE mail_at is not null;--> statement-breakpoint
CREATE INDEX `notification_by_space` ON `notification` (`space_id`);--> statement-breakpoint
CREATE INDEX `notification_by_thread` ON `notification` (`thread_id`);--> statement-breakpoint
CREATE INDEX `notification_by_comment` ON `notification` (`comment_id`);--> statement-breakpoint
CREATE INDEX `notification_by_actor` ON `notification` (`actor_id`);--> statement-breakpoint
CREATE TABLE `reaction` (
	`thread_id` integer NOT NULL,
	`comment_id` integer DEFAULT 0 NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`thread_id`, `comment_id`, `user_id`, `kind`),
	FOREIGN KEY (`thread_id`) REFERENCES `thread`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `reaction_by_user` ON `reaction` (`user_id`);--> statement-breakpoint
CREATE TABLE `revision` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`thread_id` integer NOT NULL,
	`comment_id` integer,
	`title` text DEFAULT '' NOT NULL,
	`body` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`thread_id`) REFERENCES `thread`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`comment_id`) REFERENCES `comment`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `revision_by_thread` ON `revision` (`thread_id`,`comment_id`);--> statement-breakpoint
CREATE INDEX `revision_by_comment` ON `revision` (`comment_id`);--> statement-breakpoint
CREATE TABLE `space_event` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`space_id` integer NOT NULL,
	`kind` text NOT NULL,
	`thread_id` integer,
	`comment_id` integer,
	`actor_id` text NOT NULL,
	`by_guest` integer NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `space_event_by_space` ON `space_event` (`space_id`,`seq`);--> statement-breakpoint
CREATE INDEX `space_event_by_age` ON `space_event` (`at`);--> statement-breakpoint
CREATE TABLE `space_template` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`content` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `thread_person` (
	`thread_id` integer NOT NULL,
	`user_id` text NOT NULL,
	`following` integer,
	`read_at` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`thread_id`, `user_id`),
	FOREIGN KEY (`thread_id`) REFERENCES `thread`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `thread_person_by_user` ON `thread_person` (`user_id`);--> statement-breakpoint
ALTER TABLE `comment` ADD `mentions` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `comment` ADD `edited_at` integer;--> statement-breakpoint
ALTER TABLE `space` ADD `guests_hidden` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `space` ADD `deleted_by` text REFERENCES user(id);--> statement-breakpoint
CREATE INDEX `space_by_deleter` ON `space` (`deleted_by`);--> statement-breakpoint
CREATE INDEX `space_trash` ON `space` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
ALTER TABLE `thread` ADD `mentions` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `thread` ADD `company_comment_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `thread` ADD `company_activity_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `thread` ADD `pinned_at` integer;--> statement-breakpoint
ALTER TABLE `thread` ADD `closed_at` integer;--> statement-breakpoint
ALTER TABLE `thread` ADD `edited_at` integer;--> statement-breakpoint
CREATE INDEX `thread_by_company_activity` ON `thread` (`space_id`,`company_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `thread_pinned` ON `thread` (`space_id`,`pinned_at`) WHERE pinned_at is not null;--> statement-breakpoint
ALTER TABLE `user` ADD `digest` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `user` ADD `digest_at` integer DEFAULT 0 NOT NULL;