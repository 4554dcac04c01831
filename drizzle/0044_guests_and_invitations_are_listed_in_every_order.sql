CREATE INDEX `guest_by_name` ON `user` (`status`,coalesce(folded, ''),`id`) WHERE kind = 'guest';--> statement-breakpoint
CREATE INDEX `guest_by_company` ON `user` (`status`,coalesce(nullif(substr(substr(coalesce(folded, ''), instr(coalesce(folded, ''), char(10)) + 1), instr(substr(coalesce(folded, ''), instr(coalesce(folded, ''), char(10)) + 1), char(10)) + 1), ''), char(1114111)) || char(10) || coalesce(folded, ''),`id`) WHERE kind = 'guest';--> statement-breakpoint
CREATE INDEX `guest_by_login` ON `user` (`status`,coalesce(last_login_at, 0),`id`) WHERE kind = 'guest';--> statement-breakpoint
CREATE INDEX `guest_by_invited` ON `user` (`status`,`created_at`,`id`) WHERE kind = 'guest';--> statement-breakpoint
CREATE INDEX `invitation_open_by_email` ON `invitation` (`status`,`email`,`id`) WHERE status in ('invited', 'expired') and space_id is not null;--> statement-breakpoint
CREATE INDEX `invitation_open_by_time` ON `invitation` (`status`,`sent_at`,`id`) WHERE status in ('invited', 'expired') and space_id is not null;--> statement-breakpoint
CREATE INDEX `invitation_open_by_id` ON `invitation` (`status`,`id`) WHERE status in ('invited', 'expired') and space_id is not null;