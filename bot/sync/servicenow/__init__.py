"""ServiceNow: any task table through the Table API, cases through the Case API, as the city's `sync.yml` says.

What is known of it is from its public documentation; the stand-in in `bot/simulator/servicenow` behaves alike.
"""
