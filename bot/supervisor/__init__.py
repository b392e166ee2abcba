"""Running everything with one command: start in order, watch, restart, stop.

plan.py       which processes, with which commands and settings
process.py    one process: started in its own group, its output kept, restarted with growing pauses
logfile.py    where its output goes
readiness.py  when it can answer
database.py   the embedded PostgreSQL, watched
training.py   whether the model is newer than what it was trained from
guard.py      the end of everything when the supervisor itself is killed
up.py         the order of it all
"""
