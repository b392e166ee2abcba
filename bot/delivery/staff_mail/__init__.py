"""Mail to staff: what runs late in their department, and the figures of the week, for whoever chose to get it.

`due` says when, `decide` writes down who is to be mailed, `compose` and `wording` say what, `send` sends it once.
"""
