ALTER TABLE `mail` ADD `space_id` integer;--> statement-breakpoint
CREATE INDEX `mail_waiting_in_space` ON `mail` (`space_id`) WHERE status = 'queued';