DROP INDEX `mail_finished`;--> statement-breakpoint
ALTER TABLE `mail` ADD `sent_again_at` integer;--> statement-breakpoint
CREATE INDEX `mail_failed` ON `mail` (`finished_at`,`id`) WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX `mail_failed_of_kind` ON `mail` (`kind`,`finished_at`,`id`) WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX `mail_kept` ON `mail` (`finished_at`) WHERE status = 'failed' and sealed is not null;--> statement-breakpoint
CREATE INDEX `mail_kept_in_space` ON `mail` (`space_id`) WHERE status = 'failed' and sealed is not null;--> statement-breakpoint
CREATE INDEX `mail_finished` ON `mail` (`finished_at`,`status`) WHERE finished_at is not null;