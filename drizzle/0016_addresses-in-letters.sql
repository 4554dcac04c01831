-- Addresses of international domains are found by their letters too (src/lib/server/folded.ts): cron folds these people anew.
UPDATE `user` SET `folded` = NULL WHERE `email` LIKE '%@%xn--%';
