ALTER TABLE `audit_entry` ADD `tally` text;--> statement-breakpoint
ALTER TABLE `audit_entry` ADD `count` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `audit_entry` ADD `last_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `audit_entry_tally` ON `audit_entry` (`tally`) WHERE tally is not null;--> statement-breakpoint
ALTER TABLE `space` ADD `appointed_id` text;--> statement-breakpoint
ALTER TABLE `space` ADD `appointed_by` text;--> statement-breakpoint
ALTER TABLE `space` ADD `appointed_at` integer;--> statement-breakpoint
CREATE INDEX `membership_administrators` ON `membership` (`space_id`) WHERE administrator = 1;