-- Whoever never chose gets the new default: mail about what they follow, too. The old default looks like a choice, so the audit
-- says who chose. Silence, everything and a daily mail were never the default.
ALTER TABLE `user` ADD `mail_about` text DEFAULT 'all' NOT NULL;--> statement-breakpoint
UPDATE `user` SET `mail_about` = CASE `notify`
  WHEN 'never' THEN 'nothing'
  WHEN 'all' THEN 'all'
  ELSE iif(`digest` = 1 OR EXISTS (SELECT 1 FROM `audit_entry` a WHERE a.actor_id = `user`.id AND a.action = 'account.changed'
    AND a.subject = 'user:' || `user`.id AND json_extract(a.detail, '$.notify') IS NOT NULL), 'mentions', 'all') END;--> statement-breakpoint
ALTER TABLE `membership` ADD `muted` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `notification_waiting` ON `notification` (`user_id`,`mail_at`) WHERE mail_at is not null;--> statement-breakpoint
CREATE INDEX `thread_person_following` ON `thread_person` (`thread_id`) WHERE following = 1;