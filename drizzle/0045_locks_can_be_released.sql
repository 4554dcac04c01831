ALTER TABLE `throttle` ADD `user_id` text;--> statement-breakpoint
CREATE INDEX `throttle_of_user` ON `throttle` (`user_id`) WHERE user_id is not null;