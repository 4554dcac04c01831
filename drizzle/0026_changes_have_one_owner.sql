-- What a guest did belongs to that guest, and to nobody if the text is another guest's.
UPDATE `space_event` SET `owner_id` = iif(coalesce(`owner_id`, `actor_id`) = `actor_id`, `actor_id`, '-') WHERE `by_guest` = 1;--> statement-breakpoint
CREATE INDEX `space_event_by_owner` ON `space_event` (`space_id`,`owner_id`,`seq`);--> statement-breakpoint
ALTER TABLE `space_event` DROP COLUMN `by_guest`;
