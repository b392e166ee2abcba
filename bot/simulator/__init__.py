"""The stand-in for Twilio and Telegram, and a page with two phones to play with.

It speaks only the providers' own HTTP shapes, so the product cannot tell it from them:
two base URLs and a set of credentials are all that changes.
"""
