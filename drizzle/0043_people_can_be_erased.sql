CREATE TABLE `erasure` (
	`user_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`sealed` text,
	`counts` text DEFAULT '{}' NOT NULL,
	`audit_at` integer DEFAULT 0 NOT NULL,
	`audit_id` integer DEFAULT 0 NOT NULL,
	`mailed_at` integer,
	`done_at` integer
);
--> statement-breakpoint
CREATE INDEX `erasure_to_do` ON `erasure` (`at`) WHERE done_at is null;--> statement-breakpoint
ALTER TABLE `audit_entry` ADD `who_salt` text;--> statement-breakpoint
ALTER TABLE `audit_entry` ADD `what_salt` text;--> statement-breakpoint
ALTER TABLE `audit_entry` ADD `who_digest` text;--> statement-breakpoint
ALTER TABLE `audit_entry` ADD `what_digest` text;--> statement-breakpoint
CREATE INDEX `audit_entry_naming` ON `audit_entry` (detail ->> '$.email') WHERE detail ->> '$.email' is not null;--> statement-breakpoint
ALTER TABLE `audit_seal` ADD `form` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `audit_seal` ADD `former_hash` text;--> statement-breakpoint
ALTER TABLE `audit_seal` ADD `emptied_at` integer;--> statement-breakpoint
CREATE INDEX `audit_seal_to_remake` ON `audit_seal` (`after_id`) WHERE form = 1;--> statement-breakpoint
ALTER TABLE `user` ADD `erased_at` integer;--> statement-breakpoint
CREATE INDEX `invitation_by_email` ON `invitation` (`email`);--> statement-breakpoint
DROP TRIGGER `audit_entry_is_kept`;--> statement-breakpoint
CREATE TRIGGER `audit_entry_is_kept` BEFORE DELETE ON `audit_entry` WHEN OLD.id > coalesce(
  (SELECT iif(emptied_at IS NULL, 0, up_to) FROM audit_seal ORDER BY after_id LIMIT 1), 0
) BEGIN SELECT raise(abort, 'audit entries are kept'); END;--> statement-breakpoint
DROP TRIGGER `audit_entry_stays_as_it_is`;--> statement-breakpoint
CREATE TRIGGER `audit_entry_stays_as_it_is` BEFORE UPDATE ON `audit_entry` WHEN NOT (
  NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.actor_id IS OLD.actor_id
  AND NEW.subject = OLD.subject AND NEW.space_id IS OLD.space_id AND NEW.tally IS OLD.tally
  AND (
    (NEW.count = OLD.count AND NEW.last_at IS OLD.last_at)
    OR (OLD.tally IS NOT NULL AND NEW.count = OLD.count + 1
      AND OLD.id > coalesce((SELECT up_to FROM audit_seal ORDER BY after_id DESC LIMIT 1), 0))
  )
  AND (
    (NEW.actor_name = OLD.actor_name AND NEW.ip = OLD.ip AND NEW.who_digest IS OLD.who_digest
      AND (NEW.who_salt IS OLD.who_salt
        OR (OLD.who_salt IS NULL AND OLD.who_digest IS NULL)))
    OR (NEW.actor_name = '' AND NEW.ip = '' AND NEW.who_salt IS NULL AND OLD.who_digest IS NULL AND NEW.who_digest IS NOT NULL
      AND (
        EXISTS (SELECT 1 FROM user u WHERE u.id = coalesce(OLD.actor_id, substr(OLD.subject, 6)) AND u.erased_at IS NOT NULL)
        OR (OLD.actor_id IS NULL AND OLD.subject GLOB 'invitation:*'
          AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.id = substr(OLD.subject, 12) AND i.email <> ''))
      ))
  )
  AND (
    (NEW.detail = OLD.detail AND NEW.what_digest IS OLD.what_digest
      AND (NEW.what_salt IS OLD.what_salt
        OR (OLD.what_salt IS NULL AND OLD.what_digest IS NULL)))
    OR (NEW.detail = '{}' AND NEW.what_salt IS NULL AND OLD.what_digest IS NULL AND NEW.what_digest IS NOT NULL
      AND (
        EXISTS (SELECT 1 FROM user u WHERE 'user:' || u.id = OLD.subject AND u.id = substr(OLD.subject, 6) AND u.erased_at IS NOT NULL)
        OR (OLD.subject GLOB 'invitation:*'
          AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.id = substr(OLD.subject, 12) AND i.email <> ''))
      ))
  )
) BEGIN SELECT raise(abort, 'audit entries stay as they are'); END;--> statement-breakpoint
DROP TRIGGER `audit_seal_is_kept`;--> statement-breakpoint
CREATE TRIGGER `audit_seal_is_kept` BEFORE DELETE ON `audit_seal` WHEN NOT (
  OLD.emptied_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM audit_seal s WHERE s.after_id = OLD.up_to AND s.emptied_at IS NOT NULL)
) BEGIN SELECT raise(abort, 'seals are kept'); END;--> statement-breakpoint
DROP TRIGGER `audit_seal_stays_as_it_is`;--> statement-breakpoint
CREATE TRIGGER `audit_seal_stays_as_it_is` BEFORE UPDATE ON `audit_seal` WHEN NOT coalesce(
  NEW.after_id = OLD.after_id AND NEW.up_to = OLD.up_to AND NEW.count = OLD.count AND NEW.at = OLD.at AND (
    (OLD.form = 1 AND NEW.form = 2 AND NEW.former_hash = OLD.hash AND NEW.emptied_at IS OLD.emptied_at)
    OR (OLD.form = 2 AND NEW.form = 2 AND NEW.hash = OLD.hash AND NEW.former_hash IS OLD.former_hash
      AND OLD.emptied_at IS NULL AND NEW.emptied_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.after_id < OLD.after_id AND s.emptied_at IS NULL)
      AND (SELECT CAST(value AS INTEGER) > 0 AND OLD.at < NEW.emptied_at - CAST(value AS INTEGER) * 31557600000
        FROM setting WHERE key = 'auditYears'))
  ), 0
) BEGIN SELECT raise(abort, 'seals stay as they are'); END;--> statement-breakpoint
CREATE TRIGGER `user_stays_erased` BEFORE UPDATE ON `user` WHEN OLD.erased_at IS NOT NULL BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `session_of_nobody_erased` BEFORE INSERT ON `session` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `login_challenge_of_nobody_erased` BEFORE INSERT ON `login_challenge` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `password_reset_of_nobody_erased` BEFORE INSERT ON `password_reset` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `membership_of_nobody_erased` BEFORE INSERT ON `membership` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `reaction_of_nobody_erased` BEFORE INSERT ON `reaction` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `thread_person_of_nobody_erased` BEFORE INSERT ON `thread_person` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;
