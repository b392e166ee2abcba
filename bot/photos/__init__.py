"""Residents' and staff's photos: checked, turned upright, stripped, kept. No SQL here.

Everything is plain and synchronous: callers run it in a thread (`asyncio.to_thread`).
"""
