DROP INDEX `audit_entry_by_space`;--> statement-breakpoint
DROP INDEX `audit_entry_by_actor`;--> statement-breakpoint
CREATE INDEX `audit_entry_by_time` ON `audit_entry` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entry_of_space` ON `audit_entry` (`space_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entry_of_actor` ON `audit_entry` (`actor_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entry_of_subject` ON `audit_entry` (`subject`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entry_of_action` ON `audit_entry` (`action`,`at`,`id`);