ALTER TABLE `space` ADD `folded` text;--> statement-breakpoint
CREATE INDEX `space_to_fold` ON `space` (`id`) WHERE folded is null;--> statement-breakpoint
ALTER TABLE `space_template` ADD `folded` text;--> statement-breakpoint
ALTER TABLE `user` ADD `folded` text;--> statement-breakpoint
CREATE INDEX `user_to_fold` ON `user` (`id`) WHERE folded is null;