CREATE TABLE `address_change` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`email` text NOT NULL,
	`email_original` text NOT NULL,
	`by_administrator` integer DEFAULT false NOT NULL,
	`request_key` text NOT NULL,
	`mail_id` text NOT NULL,
	`sent_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `address_change_by_token` ON `address_change` (`token_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `address_change_request` ON `address_change` (`request_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `address_change_open` ON `address_change` (`user_id`) WHERE used_at is null;--> statement-breakpoint
CREATE INDEX `address_change_by_user` ON `address_change` (`user_id`);--> statement-breakpoint
CREATE INDEX `address_change_by_expiry` ON `address_change` (`expires_at`);--> statement-breakpoint
ALTER TABLE `session` ADD `country` text;--> statement-breakpoint
ALTER TABLE `session` ADD `city` text;