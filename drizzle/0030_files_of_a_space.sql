ALTER TABLE `file` ADD `folded` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `file` ADD `category` text DEFAULT 'other' NOT NULL;--> statement-breakpoint
ALTER TABLE `file` ADD `audience` text;--> statement-breakpoint
ALTER TABLE `file` ADD `owner_id` text;--> statement-breakpoint
-- As files/attach.ts and files.ts do it. Cron fills `folded`.
UPDATE `file` SET
  `category` = CASE
    WHEN `type` LIKE 'image/%' THEN 'picture'
    WHEN `type` = 'application/pdf' THEN 'pdf'
    WHEN instr(' doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm pps ppsx odt ods odp odg rtf pages numbers key txt md csv tsv epub ',
      ' ' || lower(replace(`name`, rtrim(`name`, replace(`name`, '.', '')), '')) || ' ') > 0 THEN 'document'
    ELSE 'other' END,
  `audience` = coalesce(
    (SELECT t.audience FROM thread t WHERE t.id = `thread_id`),
    (SELECT c.audience FROM comment c WHERE c.id = `comment_id`)),
  `owner_id` = (
    SELECT CASE
      WHEN a.kind = 'guest' AND u.kind = 'guest' AND a.id <> u.id THEN '-'
      WHEN a.kind = 'guest' THEN a.id
      WHEN u.kind = 'guest' THEN u.id END
    FROM thread t JOIN user a ON a.id = t.author_id JOIN user u ON u.id = `uploader_id`
    WHERE t.id = `thread_id`)
WHERE `kind` = 'attachment';--> statement-breakpoint
CREATE INDEX `file_newest` ON `file` (`space_id`,`attached_at`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_newest_public` ON `file` (`space_id`,`audience`,`attached_at`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_newest_by_owner` ON `file` (`space_id`,`audience`,`owner_id`,`attached_at`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_newest_by_category` ON `file` (`space_id`,`category`,`attached_at`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_newest_by_uploader` ON `file` (`space_id`,`uploader_id`,`attached_at`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_by_name` ON `file` (`space_id`,`folded`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_by_name_by_owner` ON `file` (`space_id`,`audience`,`owner_id`,`folded`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_by_size` ON `file` (`space_id`,`size`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_by_size_by_owner` ON `file` (`space_id`,`audience`,`owner_id`,`size`,`id`) WHERE kind = 'attachment' and attached_at is not null and released_at is null;--> statement-breakpoint
CREATE INDEX `file_unfolded` ON `file` (`id`) WHERE folded = '';