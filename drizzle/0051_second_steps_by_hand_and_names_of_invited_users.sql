CREATE TABLE `handed_code` (
	`user_id` text PRIMARY KEY NOT NULL,
	`code_key` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `handed_code_by_expiry` ON `handed_code` (`expires_at`);--> statement-breakpoint
CREATE TABLE `trusted_browser` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`user_agent` text NOT NULL,
	`country` text,
	`city` text,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `trusted_browser_by_user` ON `trusted_browser` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `trusted_browser_by_expiry` ON `trusted_browser` (`expires_at`);--> statement-breakpoint
ALTER TABLE `invitation` ADD `name` text DEFAULT '' NOT NULL;