"""Taking personal data out of free text, before the conversation's store, a log or anybody sees it.

Taken out: personal codes (both forms, also mistyped), telephone numbers, e-mails, account and card numbers, home
addresses, dates of birth, and names that a person gives. What is public (help lines, addresses of authorities) and
what says nothing about who somebody is (ages, grades, amounts, dates of laws, years, towns) stays.

The time is linear in the length of the text: every finder looks at a window of a fixed width around each token.
"""

from bot.privacy.redaction.redact import PLACEHOLDER, Found, Kind, find_personal_data, redact

__all__ = ["PLACEHOLDER", "Found", "Kind", "find_personal_data", "redact"]
