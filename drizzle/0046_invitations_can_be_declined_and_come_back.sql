CREATE TABLE `webhook_key` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`fetched_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `mail` ADD `delivered_at` integer;--> statement-breakpoint
ALTER TABLE `invitation` ADD `declined_at` integer;--> statement-breakpoint
ALTER TABLE `invitation` ADD `decline_reason` text;--> statement-breakpoint
ALTER TABLE `notification` ADD `invitation_id` text;--> statement-breakpoint
CREATE INDEX `notification_by_invitation` ON `notification` (`invitation_id`) WHERE invitation_id is not null;