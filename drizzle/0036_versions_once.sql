ALTER TABLE `file` ADD `request_key` text;--> statement-breakpoint
CREATE UNIQUE INDEX `file_request` ON `file` (`request_key`) WHERE request_key is not null;