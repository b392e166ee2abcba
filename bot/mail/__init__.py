"""Mail over SMTP: where it goes through, what a mail is, and sending one. No SQL, no settings, and no words of ours."""
