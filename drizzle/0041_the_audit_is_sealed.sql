CREATE TABLE `audit_seal` (
	`after_id` integer PRIMARY KEY NOT NULL,
	`up_to` integer NOT NULL,
	`count` integer NOT NULL,
	`hash` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TRIGGER `audit_entry_is_kept` BEFORE DELETE ON `audit_entry` BEGIN SELECT raise(abort, 'audit entries are kept'); END;--> statement-breakpoint
CREATE TRIGGER `audit_entry_stays_as_it_is` BEFORE UPDATE ON `audit_entry` WHEN NOT (
  OLD.tally IS NOT NULL AND NEW.count = OLD.count + 1
  AND OLD.id > coalesce((SELECT up_to FROM audit_seal ORDER BY after_id DESC LIMIT 1), 0)
  AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.actor_id IS OLD.actor_id
  AND NEW.actor_name = OLD.actor_name AND NEW.subject = OLD.subject AND NEW.space_id IS OLD.space_id
  AND NEW.detail = OLD.detail AND NEW.ip = OLD.ip AND NEW.tally = OLD.tally
) BEGIN SELECT raise(abort, 'audit entries stay as they are'); END;--> statement-breakpoint
CREATE TRIGGER `audit_seal_is_kept` BEFORE DELETE ON `audit_seal` BEGIN SELECT raise(abort, 'seals are kept'); END;--> statement-breakpoint
CREATE TRIGGER `audit_seal_stays_as_it_is` BEFORE UPDATE ON `audit_seal` BEGIN SELECT raise(abort, 'seals stay as they are'); END;
