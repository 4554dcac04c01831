DROP INDEX `mail_waiting_in_space`;--> statement-breakpoint
CREATE INDEX `mail_under_way_in_space` ON `mail` (`space_id`) WHERE status in ('queued', 'sending');--> statement-breakpoint
ALTER TABLE `membership` ADD `address` text DEFAULT '' NOT NULL;--> statement-breakpoint
-- As memberships/order.ts does it.
UPDATE `membership` SET `address` = coalesce((SELECT u.email FROM `user` u WHERE u.id = `membership`.user_id AND u.kind = 'guest'), '');--> statement-breakpoint
CREATE INDEX `membership_guests_by_address` ON `membership` (`space_id`,`address`) WHERE rank = 2;--> statement-breakpoint
ALTER TABLE `space` ADD `inactive_guest_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `space` SET `inactive_guest_count` = (SELECT count(*) FROM `membership` m JOIN `user` u ON u.id = m.user_id
  WHERE m.space_id = `space`.id AND m.rank = 2 AND u.status <> 'active');--> statement-breakpoint
CREATE INDEX `invitation_open_by_inviter` ON `invitation` (`space_id`,`invited_by`,`status`,`expires_at`,`email`) WHERE status in ('invited', 'expired');--> statement-breakpoint
CREATE INDEX `invitation_asked` ON `invitation` (`space_id`,`asked_at`) WHERE asked_at is not null;