"""The part of Twilio's REST API and webhooks that Cityline uses."""
