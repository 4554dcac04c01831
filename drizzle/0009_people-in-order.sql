ALTER TABLE `membership` ADD `rank` integer DEFAULT 2 NOT NULL;--> statement-breakpoint
ALTER TABLE `membership` ADD `name_key` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `membership_in_order` ON `membership` (`space_id`,`rank`,`name_key`,`user_id`);--> statement-breakpoint
ALTER TABLE `space` ADD `users` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `space` ADD `guests` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `space` ADD `guest_companies` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `space` ADD `more_companies` integer DEFAULT 0 NOT NULL;