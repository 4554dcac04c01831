ALTER TABLE `file` ADD `upload_id` text;--> statement-breakpoint
ALTER TABLE `file` ADD `fingerprint` text;--> statement-breakpoint
ALTER TABLE `file` ADD `parts` text;--> statement-breakpoint
CREATE INDEX `file_arriving` ON `file` (`uploader_id`,`fingerprint`) WHERE upload_id is not null;