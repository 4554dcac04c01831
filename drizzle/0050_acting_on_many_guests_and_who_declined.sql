CREATE TABLE `guest_run` (
	`id` text PRIMARY KEY NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`created_at` integer NOT NULL,
	`total` integer NOT NULL,
	`done` integer DEFAULT 0 NOT NULL,
	`already` integer DEFAULT 0 NOT NULL,
	`refused` integer DEFAULT 0 NOT NULL,
	`changed` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`actor_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `guest_run_by_actor` ON `guest_run` (`actor_id`);--> statement-breakpoint
CREATE INDEX `guest_run_by_age` ON `guest_run` (`created_at`);--> statement-breakpoint
CREATE TABLE `guest_run_row` (
	`run_id` text NOT NULL,
	`n` integer NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`outcome` text,
	`reason` text,
	`claimed_at` integer,
	`claimed_by` text,
	PRIMARY KEY(`run_id`, `n`),
	FOREIGN KEY (`run_id`) REFERENCES `guest_run`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `guest_run_row_by_outcome` ON `guest_run_row` (`run_id`,`outcome`,`n`);--> statement-breakpoint
CREATE INDEX `invitation_declined_by_email` ON `invitation` (`email`,`id`) WHERE status = 'declined' and space_id is not null;--> statement-breakpoint
CREATE INDEX `invitation_declined_by_time` ON `invitation` (`sent_at`,`id`) WHERE status = 'declined' and space_id is not null;--> statement-breakpoint
CREATE INDEX `invitation_declined_by_id` ON `invitation` (`id`) WHERE status = 'declined' and space_id is not null;