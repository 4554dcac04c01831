ALTER TABLE `file` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `file` ADD `public_version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `file` ADD `original_id` text;--> statement-breakpoint
ALTER TABLE `file` ADD `first_at` integer;--> statement-breakpoint
ALTER TABLE `file` ADD `replaced_at` integer;--> statement-breakpoint
CREATE INDEX `file_versions` ON `file` (`original_id`,`version`) WHERE original_id is not null;