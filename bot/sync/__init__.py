"""Other systems in which the city works its requests, too: what we know goes there, what is done there comes back.

`exchange` takes one request its whole way; `reconcile` decides, without any network or database, what of which side goes to the
other; a folder for each system (`servicenow`) speaks with it.
"""
