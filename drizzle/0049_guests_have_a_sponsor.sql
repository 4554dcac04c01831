ALTER TABLE `invitation` ADD `sponsor_id` text REFERENCES user(id);--> statement-breakpoint
CREATE INDEX `invitation_by_sponsor` ON `invitation` (`sponsor_id`) WHERE sponsor_id is not null;--> statement-breakpoint
ALTER TABLE `membership` ADD `sponsor_id` text REFERENCES user(id);--> statement-breakpoint
CREATE INDEX `membership_by_sponsor` ON `membership` (`sponsor_id`,`space_id`,`user_id`) WHERE sponsor_id is not null;--> statement-breakpoint
-- Whoever invited them, where that is known.
UPDATE `membership` SET `sponsor_id` = `invited_by`
  WHERE `invited_by` IS NOT NULL AND `user_id` IN (SELECT id FROM `user` WHERE kind = 'guest');
