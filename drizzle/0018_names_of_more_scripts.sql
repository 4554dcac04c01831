-- Arabic and Hindi names are compared in another form (src/lib/fold.ts): cron folds them anew.
UPDATE `user` SET `folded` = NULL WHERE `folded` GLOB '*[؀-ۿऀ-ॿ]*';
--> statement-breakpoint
UPDATE `space` SET `folded` = NULL WHERE `folded` GLOB '*[؀-ۿऀ-ॿ]*';
--> statement-breakpoint
UPDATE `space_template` SET `folded` = NULL WHERE `folded` GLOB '*[؀-ۿऀ-ॿ]*';
