ALTER TABLE `user` ADD `avatar` text;--> statement-breakpoint
ALTER TABLE `membership` ADD `company_key` text DEFAULT '' NOT NULL;--> statement-breakpoint
-- As memberships/order.ts does it.
UPDATE `membership` SET `company_key` = coalesce((
  SELECT coalesce(nullif(substr(f, instr(f, char(10)) + 1), ''), char(1114111)) FROM (
    SELECT substr(f, instr(f, char(10)) + 1) AS f FROM (
      SELECT coalesce(u.folded, lower(u.name) || char(10) || char(10) || lower(u.company)) AS f
      FROM `user` u WHERE u.id = `membership`.user_id AND u.kind = 'guest'))), '');--> statement-breakpoint
CREATE INDEX `membership_by_company` ON `membership` (`space_id`,`company_key`,`rank`,`name_key`,`user_id`);