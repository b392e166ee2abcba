"""What managers ask: how many, how long, where people give up. Counted by day, so that a page need not read a million rows.

`requests`, `talk` and `places` say what is counted and of which rows, each in one question to the database that holds for
any stretch of days. `counting` keeps the finished days in tables, `changes` finds the days that change afterwards, and
`reading` puts a period together of whole months, single days and, counted as it is asked for, today.
No figure names anybody. docs/howto/insight.md defines each.
"""
