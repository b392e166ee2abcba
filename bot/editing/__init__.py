"""What staff change of the city without a file and without a restart: services, departments, calendar, answers, how long things are kept.

The pack stays the source. What is changed is a row (`store`), laid over the pack as it is read (`bot.city.edits`), checked
by the pack's own rules before it is kept, known to every process within seconds (`follow`), and written into a pack's
files by `cityline city export` (`export`). What can be changed is a kind, one file each, in `kinds`.
"""
