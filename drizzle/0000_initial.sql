CREATE TABLE `audit_entry` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`actor_id` text,
	`actor_name` text NOT NULL,
	`subject` text NOT NULL,
	`space_id` integer,
	`detail` text NOT NULL,
	`ip` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_entry_by_space` ON `audit_entry` (`space_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entry_by_actor` ON `audit_entry` (`actor_id`,`id`);--> statement-breakpoint
CREATE TABLE `comment` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`thread_id` integer NOT NULL,
	`author_id` text NOT NULL,
	`body` text NOT NULL,
	`request_key` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`thread_id`) REFERENCES `thread`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `comment_by_thread` ON `comment` (`thread_id`,`id`);--> statement-breakpoint
CREATE INDEX `comment_by_author` ON `comment` (`author_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `comment_request` ON `comment` (`request_key`);--> statement-breakpoint
CREATE TABLE `invitation` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`space_id` integer,
	`email` text NOT NULL,
	`email_original` text NOT NULL,
	`status` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`subject` text NOT NULL,
	`message` text NOT NULL,
	`locale` text NOT NULL,
	`administrator` integer DEFAULT false NOT NULL,
	`can_create_spaces` integer DEFAULT false NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`sent_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`accepted_by` text,
	`accepted_via` text,
	`asked_at` integer,
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invited_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`accepted_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitation_open_guest` ON `invitation` (`space_id`,`email`) WHERE status in ('invited', 'expired') and space_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `invitation_open_user` ON `invitation` (`email`) WHERE status in ('invited', 'expired') and space_id is null;--> statement-breakpoint
CREATE INDEX `invitation_by_space` ON `invitation` (`space_id`,`status`,`email`);--> statement-breakpoint
CREATE INDEX `invitation_overdue` ON `invitation` (`expires_at`) WHERE status = 'invited';--> statement-breakpoint
CREATE INDEX `invitation_by_inviter` ON `invitation` (`invited_by`);--> statement-breakpoint
CREATE INDEX `invitation_by_accepter` ON `invitation` (`accepted_by`);--> statement-breakpoint
CREATE TABLE `login_challenge` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`user_id` text,
	`invitation_id` text,
	`invitation_version` integer,
	`name` text,
	`password_hash` text,
	`sealed_password` text,
	`code_key` text,
	`code_expires_at` integer,
	`code_sent_at` integer,
	`codes_sent` integer DEFAULT 0 NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`mail_id` text,
	`next` text DEFAULT '/' NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invitation_id`) REFERENCES `invitation`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `login_challenge_by_user` ON `login_challenge` (`user_id`);--> statement-breakpoint
CREATE INDEX `login_challenge_by_invitation` ON `login_challenge` (`invitation_id`);--> statement-breakpoint
CREATE INDEX `login_challenge_by_expiry` ON `login_challenge` (`expires_at`);--> statement-breakpoint
CREATE TABLE `mail` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`to_email` text NOT NULL,
	`locale` text NOT NULL,
	`sealed` text,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`unknowns` integer DEFAULT 0 NOT NULL,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`drop_after_at` integer,
	`failure` text,
	`failure_detail` text,
	`user_id` text,
	`invitation_id` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`invitation_id`) REFERENCES `invitation`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `mail_due` ON `mail` (`next_attempt_at`) WHERE status in ('queued', 'sending');--> statement-breakpoint
CREATE INDEX `mail_finished` ON `mail` (`finished_at`) WHERE finished_at is not null;--> statement-breakpoint
CREATE INDEX `mail_by_invitation` ON `mail` (`invitation_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `mail_by_user` ON `mail` (`user_id`);--> statement-breakpoint
CREATE TABLE `mailbox_entry` (
	`id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `mailbox_entry_by_time` ON `mailbox_entry` (`sent_at`);--> statement-breakpoint
CREATE TABLE `membership` (
	`space_id` integer NOT NULL,
	`user_id` text NOT NULL,
	`administrator` integer DEFAULT false NOT NULL,
	`invited_by` text,
	`joined_at` integer NOT NULL,
	`last_read_at` integer NOT NULL,
	PRIMARY KEY(`space_id`, `user_id`),
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invited_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `membership_by_user` ON `membership` (`user_id`);--> statement-breakpoint
CREATE INDEX `membership_by_inviter` ON `membership` (`invited_by`);--> statement-breakpoint
CREATE TABLE `password_reset` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `password_reset_by_user` ON `password_reset` (`user_id`);--> statement-breakpoint
CREATE INDEX `password_reset_by_expiry` ON `password_reset` (`expires_at`);--> statement-breakpoint
CREATE TABLE `session` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`absolute_expires_at` integer NOT NULL,
	`ip` text NOT NULL,
	`user_agent` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `session_by_user` ON `session` (`user_id`);--> statement-breakpoint
CREATE INDEX `session_by_expiry` ON `session` (`expires_at`);--> statement-breakpoint
CREATE TABLE `setting` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `space` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`cover` text NOT NULL,
	`several_threads` integer DEFAULT true NOT NULL,
	`block_joining` integer DEFAULT false NOT NULL,
	`block_following` integer DEFAULT false NOT NULL,
	`show_announcement` integer DEFAULT true NOT NULL,
	`show_threads` integer DEFAULT true NOT NULL,
	`show_people` integer DEFAULT true NOT NULL,
	`show_links` integer DEFAULT true NOT NULL,
	`announcement` text DEFAULT '' NOT NULL,
	`links` text DEFAULT '[]' NOT NULL,
	`request_key` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `space_by_creator` ON `space` (`created_by`);--> statement-breakpoint
CREATE UNIQUE INDEX `space_request` ON `space` (`request_key`);--> statement-breakpoint
CREATE TABLE `thread` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`space_id` integer NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`author_id` text NOT NULL,
	`comment_count` integer DEFAULT 0 NOT NULL,
	`last_activity_at` integer NOT NULL,
	`request_key` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`author_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `thread_by_activity` ON `thread` (`space_id`,`last_activity_at`,`id`);--> statement-breakpoint
CREATE INDEX `thread_by_author` ON `thread` (`author_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `thread_request` ON `thread` (`request_key`);--> statement-breakpoint
CREATE TABLE `throttle` (
	`key` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`locks` integer DEFAULT 0 NOT NULL,
	`window_started_at` integer NOT NULL,
	`locked_until` integer DEFAULT 0 NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `throttle_by_age` ON `throttle` (`updated_at`);--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`status` text DEFAULT 'active' NOT NULL,
	`email` text NOT NULL,
	`email_original` text NOT NULL,
	`name` text NOT NULL,
	`company` text DEFAULT '' NOT NULL,
	`password_hash` text NOT NULL,
	`administrator` integer DEFAULT false NOT NULL,
	`can_create_spaces` integer DEFAULT false NOT NULL,
	`mailbox_proved_at` integer,
	`login_count` integer DEFAULT 0 NOT NULL,
	`last_login_at` integer,
	`locale` text,
	`time_zone` text,
	`notify` text DEFAULT 'mentions' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email` ON `user` (`email`);--> statement-breakpoint
CREATE INDEX `user_by_kind` ON `user` (`kind`,`email`);--> statement-breakpoint
CREATE INDEX `user_administrators` ON `user` (`id`) WHERE administrator = 1 and status = 'active';