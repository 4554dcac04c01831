DROP INDEX `file_by_space`;--> statement-breakpoint
DROP INDEX `file_by_uploader`;--> statement-breakpoint
ALTER TABLE `file` ADD `thumb_size` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `file_by_space` ON `file` (`space_id`,`gone_at`,`size`,`thumb_size`);--> statement-breakpoint
CREATE INDEX `file_by_uploader` ON `file` (`uploader_id`,`gone_at`,`size`,`thumb_size`);