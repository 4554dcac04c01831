ALTER TABLE `invitation` ADD `formerly_for` text REFERENCES user(id);--> statement-breakpoint
CREATE INDEX `invitation_formerly_for` ON `invitation` (`formerly_for`) WHERE formerly_for is not null;--> statement-breakpoint
CREATE INDEX `mail_of_sign_up` ON `mail` (`to_email`) WHERE kind = 'code' and user_id is null;--> statement-breakpoint
CREATE TRIGGER `mail_to_nobody_erased` BEFORE INSERT ON `mail` WHEN NEW.kind <> 'erased' AND (
  EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM invitation WHERE id = NEW.invitation_id AND email = '')
) BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `address_change_of_nobody_erased` BEFORE INSERT ON `address_change` WHEN EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `notification_of_nobody_erased` BEFORE INSERT ON `notification` WHEN
  EXISTS (SELECT 1 FROM user WHERE id = NEW.user_id AND erased_at IS NOT NULL)
  OR (NEW.kind IN ('join', 'leave') AND EXISTS (SELECT 1 FROM user WHERE id = NEW.actor_id AND erased_at IS NOT NULL))
  OR EXISTS (SELECT 1 FROM invitation WHERE id = NEW.invitation_id AND email = '')
BEGIN SELECT raise(ignore); END;--> statement-breakpoint
CREATE TRIGGER `audit_entry_of_somebody_erased` BEFORE INSERT ON `audit_entry` WHEN
  ((NEW.actor_name <> '' OR NEW.ip <> '') AND ((NEW.actor_id IS NOT NULL OR NEW.actor_name = '') AND EXISTS (SELECT 1 FROM user u WHERE u.id = coalesce(NEW.actor_id, substr(NEW.subject, 6)) AND u.erased_at IS NOT NULL)
    OR (NEW.actor_id IS NULL AND NEW.actor_name = '' AND EXISTS (SELECT 1 FROM invitation i WHERE i.id = substr(NEW.subject, 12) AND 'invitation:' || i.id = NEW.subject AND i.email = ''))))
  OR (NEW.detail <> '{}' AND (EXISTS (SELECT 1 FROM user u WHERE u.id = substr(NEW.subject, 6) AND 'user:' || u.id = NEW.subject AND u.erased_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM invitation i WHERE i.id = substr(NEW.subject, 12) AND 'invitation:' || i.id = NEW.subject AND i.email = '')))
BEGIN
  INSERT INTO audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip, tally, last_at)
    SELECT NEW.at, NEW.action, NEW.actor_id, iif(erased_who, '', NEW.actor_name), NEW.subject, NEW.space_id,
      iif(erased_what, '{}', NEW.detail), iif(erased_who, '', NEW.ip), NEW.tally, NEW.last_at
    FROM (SELECT ((NEW.actor_id IS NOT NULL OR NEW.actor_name = '') AND EXISTS (SELECT 1 FROM user u WHERE u.id = coalesce(NEW.actor_id, substr(NEW.subject, 6)) AND u.erased_at IS NOT NULL)
    OR (NEW.actor_id IS NULL AND NEW.actor_name = '' AND EXISTS (SELECT 1 FROM invitation i WHERE i.id = substr(NEW.subject, 12) AND 'invitation:' || i.id = NEW.subject AND i.email = ''))) AS erased_who,
      (EXISTS (SELECT 1 FROM user u WHERE u.id = substr(NEW.subject, 6) AND 'user:' || u.id = NEW.subject AND u.erased_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM invitation i WHERE i.id = substr(NEW.subject, 12) AND 'invitation:' || i.id = NEW.subject AND i.email = '')) AS erased_what)
    WHERE NEW.tally IS NULL OR NOT EXISTS (SELECT 1 FROM audit_entry WHERE tally = NEW.tally);
  SELECT raise(ignore);
END;
