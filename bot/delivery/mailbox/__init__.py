"""Mail to the mailboxes of departments: each new request and each that is opened again, once, with a link to its page."""
