"""The service directory: what help there is, where, who gives it, and how surely that is known.

Knows nothing of Rasa, Telegram or language understanding. Terms follow the Human Services Data
Specification (HSDS): organization, service, location, phone, schedule, service area.
"""
