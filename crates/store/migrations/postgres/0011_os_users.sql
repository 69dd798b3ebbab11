-- Who is one person: a user of the operating system of the node, and an account.
ALTER TABLE accounts ADD COLUMN os_user TEXT COLLATE "C";
