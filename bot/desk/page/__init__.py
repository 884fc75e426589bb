"""The desk as a web page, for mediators and coordinators who logged in by a link from Telegram."""
