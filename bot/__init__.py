"""Drom: shows Roma jobseekers in Latvia the way to work and support."""
