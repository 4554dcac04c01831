CREATE TABLE `acceptance` (
	`user_id` text NOT NULL,
	`version` integer NOT NULL,
	`url` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `version`),
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `site_count` (
	`name` text PRIMARY KEY NOT NULL,
	`sums` text NOT NULL,
	`at` integer NOT NULL,
	`place` integer NOT NULL,
	`running` text NOT NULL,
	`began_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `ended_access` (
	`space_id` integer NOT NULL,
	`user_id` text NOT NULL,
	`invited_by` text,
	`sponsor_id` text,
	`ended_at` integer NOT NULL,
	`renewal_asked_at` integer,
	`renewal_declined_at` integer,
	`joined_at` integer NOT NULL,
	`last_read_at` integer NOT NULL,
	`greeted_at` integer,
	`muted` integer DEFAULT false NOT NULL,
	`address` text DEFAULT '' NOT NULL,
	PRIMARY KEY(`space_id`, `user_id`),
	FOREIGN KEY (`space_id`) REFERENCES `space`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`invited_by`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`sponsor_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ended_access_by_address` ON `ended_access` (`space_id`,`address`);--> statement-breakpoint
CREATE INDEX `ended_access_by_user` ON `ended_access` (`user_id`,`ended_at`);--> statement-breakpoint
CREATE INDEX `ended_access_by_sponsor` ON `ended_access` (`sponsor_id`);--> statement-breakpoint
CREATE INDEX `ended_access_by_inviter` ON `ended_access` (`invited_by`);--> statement-breakpoint
ALTER TABLE `login_challenge` ADD `terms` text;--> statement-breakpoint
ALTER TABLE `invitation` ADD `access_ends_at` integer;--> statement-breakpoint
ALTER TABLE `membership` ADD `ends_at` integer;--> statement-breakpoint
ALTER TABLE `membership` ADD `ends_told` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `membership` ADD `renewal_asked_at` integer;--> statement-breakpoint
ALTER TABLE `membership` ADD `renewal_declined_at` integer;--> statement-breakpoint
CREATE INDEX `membership_ending` ON `membership` (`ends_told`,`ends_at`) WHERE ends_at is not null;