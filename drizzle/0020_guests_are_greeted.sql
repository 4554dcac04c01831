ALTER TABLE `membership` ADD `greeted_at` integer;--> statement-breakpoint
UPDATE `membership` SET `greeted_at` = `joined_at`;
