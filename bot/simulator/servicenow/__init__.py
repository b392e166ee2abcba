"""An instance of ServiceNow that stands in for a city's own, behaving as the public documentation of its REST APIs says."""
