-- What people have read is known already. Where the newest of it is a comment only for the company, guests must not notice.
ALTER TABLE `thread_person` ADD `seen_at` integer;--> statement-breakpoint
ALTER TABLE `thread_person` ADD `guest` integer DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE `thread_person` SET
  `guest` = coalesce((SELECT u.kind = 'guest' FROM `user` u WHERE u.id = `thread_person`.user_id), 0),
  `seen_at` = `read_at`
WHERE `read_at` > 0 AND NOT EXISTS (SELECT 1 FROM `comment` c WHERE c.author_id = `thread_person`.user_id
  AND c.thread_id = `thread_person`.thread_id AND c.created_at = `thread_person`.read_at AND c.audience IS NOT NULL);--> statement-breakpoint
CREATE INDEX `thread_person_seen` ON `thread_person` (`thread_id`,`guest`,`seen_at`,`user_id`) WHERE seen_at is not null;