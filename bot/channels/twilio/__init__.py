"""SMS, MMS and WhatsApp by Twilio."""
