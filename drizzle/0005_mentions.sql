ALTER TABLE `space` ADD `mentions` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `comment_naming` ON `comment` (`thread_id`) WHERE mentions <> '[]';