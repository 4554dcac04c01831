ALTER TABLE `space` ADD `archived_at` integer;--> statement-breakpoint
ALTER TABLE `space` ADD `archived_by` text REFERENCES user(id);--> statement-breakpoint
CREATE INDEX `space_by_archiver` ON `space` (`archived_by`);