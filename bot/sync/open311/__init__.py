"""Another city system that speaks Open311 GeoReport v2, with the updates that FixMyStreet added: requests are filed there and followed."""
