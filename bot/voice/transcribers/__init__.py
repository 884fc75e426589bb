"""Engines that turn sound into words."""
