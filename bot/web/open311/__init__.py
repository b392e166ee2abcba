"""Open311 GeoReport v2 for other systems: what the city offers, requests, and what becomes of them.

https://wiki.open311.org/GeoReport_v2, with the extensions that FixMyStreet uses
(https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311). Thin over `bot.cases`: who may read what is
decided in `published`, filing in `reported`, updates of others in `reported_updates`.
"""
